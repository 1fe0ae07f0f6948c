"""Local inference with a model that was trained outside of Redshift: FROM 'job' or 's3://…'.

https://docs.aws.amazon.com/redshift/latest/dg/r_create_model_use_cases.html, "Bring your own model"
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from local_cloud.redshift.machine_learning.jobs import split
from local_cloud.redshift.machine_learning.models import Model
from local_cloud.redshift.machine_learning.training import sagemaker_errors
from local_cloud.redshift.s3.s3_access import location, s3_errors
from local_cloud.redshift.session import Session


def imported(session: Session, model: Model, source: str) -> tuple[Model, bytes]:
    """Return the model, ready to predict, and its model.tar.gz, read with the role."""

    def client(service: str) -> Any:
        return session.s3_access.client(model.role, session.user, service)

    if source.startswith("s3://"):
        bucket, key = location(source)
    else:
        with sagemaker_errors():
            described = client("sagemaker").describe_training_job(TrainingJobName=source)
        bucket, key = split(described["ModelArtifacts"]["S3ModelArtifacts"])
        model = replace(model, job=source)
    with s3_errors(bucket):
        content: bytes = client("s3").get_object(Bucket=bucket, Key=key)["Body"].read()
    return model, content
