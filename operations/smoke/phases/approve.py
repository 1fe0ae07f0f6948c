"""Approves the model, and waits until the endpoint serves it."""

from __future__ import annotations

from typing import Any

from botocore.exceptions import ClientError

from operations.smoke import SmokeError
from operations.smoke.phase import TRAINING, Phase, SmokeRun

# The tag in which the deployer records the package that the endpoint serves.
_PACKAGE_TAG = "ModelPackage"
_MAX_MINUTES = 60.0
# The values of EndpointStatus that change only after another request:
# https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_DescribeEndpoint.html
_SETTLED = frozenset({"InService", "Failed", "OutOfService", "UpdateRollbackFailed"})


def _run(run: SmokeRun) -> str:
    sagemaker, name = run.client("sagemaker"), run.name_of(TRAINING)
    listed = sagemaker.list_model_packages(
        ModelPackageGroupName=name, SortBy="CreationTime", SortOrder="Descending"
    )
    package = listed["ModelPackageSummaryList"][0]["ModelPackageArn"]
    sagemaker.update_model_package(ModelPackageArn=package, ModelApprovalStatus="Approved")
    endpoint = run.wait(
        f"the deployment of {package}", lambda: _settled(sagemaker, name), minutes=_MAX_MINUTES
    )
    if endpoint["EndpointStatus"] != "InService":
        reason = endpoint.get("FailureReason", "no reason")
        raise SmokeError(f"the endpoint {name} is {endpoint['EndpointStatus']}: {reason}")
    arn = endpoint["EndpointArn"]
    # The deployer writes the tag after the event that the endpoint is in service.
    served = run.wait(f"the tag of {arn}", lambda: _served(sagemaker, arn), minutes=_MAX_MINUTES)
    if served != package:
        raise SmokeError(f"the endpoint {name} serves {served}, but {package} was approved")
    instances = sum(each["CurrentInstanceCount"] for each in endpoint["ProductionVariants"])
    return f"{name} is InService with {package.rpartition(':')[2]}, instances: {instances}"


def _settled(sagemaker: Any, name: str) -> dict[str, Any] | None:
    """Return the endpoint; None while it does not exist or changes."""
    try:
        found: dict[str, Any] = sagemaker.describe_endpoint(EndpointName=name)
    except ClientError as error:
        if "Could not find" not in error.response["Error"]["Message"]:
            raise
        return None
    return found if found["EndpointStatus"] in _SETTLED else None


def _served(sagemaker: Any, endpoint_arn: str) -> str | None:
    """Return the package in the tag of the endpoint; None while it has no tag."""
    tags = sagemaker.list_tags(ResourceArn=endpoint_arn)["Tags"]
    return {tag["Key"]: tag["Value"] for tag in tags}.get(_PACKAGE_TAG)


PHASE = Phase("approve", _run)
