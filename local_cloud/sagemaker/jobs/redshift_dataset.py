"""A processing input that is a Redshift query: UNLOAD to S3, then an S3 input."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import PurePosixPath
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from local_cloud import redshift
from local_cloud.context import Cloud
from local_cloud.sagemaker.exceptions import JobFailed
from local_cloud.sagemaker.jobs.s3_transfers import S3Object, split_uri
from local_cloud.transient_errors import is_transient


def unload(
    cloud: Cloud, definition: Mapping[str, Any], *, credentials: Any, caller_arn: str
) -> list[S3Object]:
    """Run the query of a `RedshiftDatasetDefinition` and return the objects that it wrote.

    `credentials` is a Redshift client with the job's role, which needs the permission to get
    credentials of the database user. `caller_arn` is the ARN of its session. The cluster's role
    writes the objects. Raises `JobFailed` with the error of the warehouse.
    """
    _get_credentials(credentials, definition)
    compression = definition.get("OutputCompression")
    dataset = redshift.Dataset(
        cluster_identifier=definition["ClusterId"],
        database=definition["Database"],
        db_user=definition["DbUser"],
        query=definition["QueryString"],
        role_arn=definition["ClusterRoleArn"],
        s3_uri=definition["OutputS3Uri"],
        output_format=definition["OutputFormat"],
        compression=None if compression == "None" else compression,
        kms_key_id=definition.get("KmsKeyId"),
        caller_arn=caller_arn,
    )
    try:
        uris = redshift.unload(cloud, dataset)
    except redshift.StatementFailed as error:
        raise JobFailed(f"ClientError: Redshift UNLOAD failed: {error}") from error
    return sorted((_part(uri) for uri in uris), key=lambda part: part.relative_path)


def _get_credentials(client: Any, definition: Mapping[str, Any]) -> None:
    try:
        client.get_cluster_credentials(
            DbUser=definition["DbUser"],
            DbName=definition["Database"],
            ClusterIdentifier=definition["ClusterId"],
        )
    except (BotoCoreError, ClientError) as error:
        kind = "InternalServerError" if is_transient(error) else "ClientError"
        raise JobFailed(f"{kind}: No credentials for the Redshift cluster: {error}") from error


def _part(uri: str) -> S3Object:
    bucket, key = split_uri(uri)
    return S3Object(bucket, key, PurePosixPath(key).name)
