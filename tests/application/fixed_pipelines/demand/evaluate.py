"""Compares the model with predicting the mean, and reads the approved model of the registry."""

import json
import statistics
import tarfile

from fixed_pipelines.demand.rows import SIZE, SOLD, read_rows
from pipeline_code.runtime.champion import approved_package, model_package_group
from pipeline_code.runtime.container import Container
from pipeline_code.runtime.evaluation import write_evaluation
from pipeline_code.runtime.job_clients import client


def run(container: Container) -> None:
    """Write evaluation.json to the output `evaluation`."""
    rows = read_rows(container.processing_input("test"))
    with tarfile.open(container.processing_input("model") / "model.tar.gz") as archive:
        member = archive.extractfile(next(n for n in archive.getnames() if "model.json" in n))
        model = json.load(member)
    sold = [row[SOLD] for row in rows]
    errors = [row[SOLD] - model["sold_per_size"] * row[SIZE] for row in rows]
    ratio = statistics.fmean(e * e for e in errors) / statistics.pvariance(sold)
    report = {
        "regression_metrics": {"rmse_ratio": {"value": ratio**0.5}},
        "champion": _champion(container),
    }
    write_evaluation(container, report)


def _champion(container: Container) -> str | None:
    """The ARN of the approved version, whose model this job may read."""
    package = approved_package(
        model_package_group(), registry=client("sagemaker", container.region)
    )
    if package is None:
        return None
    uri = package["InferenceSpecification"]["Containers"][0]["ModelDataUrl"]
    bucket, _, key = uri.removeprefix("s3://").partition("/")
    client("s3", container.region).get_object(Bucket=bucket, Key=key)
    return str(package["ModelPackageArn"])
