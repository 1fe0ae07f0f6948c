"""A version in the environment that provides it: whether it may be promoted, and its model."""

from __future__ import annotations

from collections.abc import Mapping
from typing import IO, Any

from botocore.exceptions import ClientError

from operations import OperationError
from operations.environment_clients import EnvironmentClients
from operations.models.packages import APPROVED
from pipeline_code.runtime.model_packages import DIGEST, ModelRefused, read_model, refusal

Package = Mapping[str, Any]


def read_version(source: EnvironmentClients, arn: str) -> dict[str, Any]:
    """Return a version that may be promoted, as DescribeModelPackage returns it.

    Raises:
        OperationError: it does not exist, or it may not be promoted.
    """
    try:
        package = source.clients("sagemaker").describe_model_package(ModelPackageName=arn)
    except ClientError as error:
        message = error.response["Error"]["Message"]
        raise OperationError(f"{arn} cannot be read in {source.name}: {message}") from error
    _check(package)
    return dict(package)


def _check(package: Package) -> None:
    arn, status = package["ModelPackageArn"], package.get("ModelApprovalStatus")
    if status != APPROVED:
        raise OperationError(
            f"{arn} is {status}: only an approved version is promoted; approve it first"
        )
    reason = refusal(dict(package))
    if reason is not None:
        raise OperationError(
            f"{arn} is approved, but its endpoint refused it ({reason}): promote another version"
        )
    if DIGEST not in package.get("CustomerMetadataProperties", {}):
        raise OperationError(
            f"{arn} has no property {DIGEST}, so its model cannot be verified: register a version "
            "with the digest of the model that was evaluated"
        )


def read_verified(package: Package, storage: Any, file: IO[bytes]) -> None:
    """Write the model of a version to `file`, which is complete only if this function returns.

    Raises:
        OperationError: the model is not the one that was evaluated.
    """
    try:
        read_model(dict(package), storage, file.write)
    except ModelRefused as error:
        raise OperationError(f"nothing was promoted: {error}") from error
