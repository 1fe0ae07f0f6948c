"""Finds stacks that still exist, and retained resources and keys of deleted stacks."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from botocore.exceptions import ClientError

from operations.environment_clients import Clients, EnvironmentClients
from operations.remaining_resources import RemainingResource

_KEY = "AWS::KMS::Key"
# Error codes for a resource that does not exist.
_NOT_FOUND_CODES = frozenset(
    {"404", "NoSuchBucket", "NotFoundException", "ResourceNotFoundException"}
)


@dataclass(frozen=True)
class StackResource:
    """A resource of a deleted stack."""

    stack: str
    logical_id: str
    kind: str
    name: str
    status: str


def remaining_of_stacks(aws: EnvironmentClients) -> Iterator[RemainingResource]:
    """List the stacks that exist, and the remaining resources of deleted stacks.

    CloudFormation lists a deleted stack for 90 days.
    """
    deleted = []
    for stack in aws.list_all("cloudformation", "list_stacks", "StackSummaries"):
        if not stack["StackName"].startswith(aws.prefix):
            continue
        if stack["StackStatus"] == "DELETE_COMPLETE":
            deleted.append(stack)
        else:
            yield _existing_stack(stack)
    for stack in deleted:
        for resource in _resources(aws, stack):
            yield from _if_existing(aws.clients, resource)


def _existing_stack(stack: dict[str, Any]) -> RemainingResource:
    reason = stack.get("StackStatusReason")
    note = f"{stack['StackStatus']}: {reason}" if reason else stack["StackStatus"]
    return RemainingResource("not deleted", "AWS::CloudFormation::Stack", stack["StackName"], note)


def _resources(aws: EnvironmentClients, stack: dict[str, Any]) -> Iterator[StackResource]:
    found = aws.list_all(
        "cloudformation",
        "list_stack_resources",
        "StackResourceSummaries",
        StackName=stack["StackId"],
    )
    for each in found:
        yield StackResource(
            stack["StackName"],
            each["LogicalResourceId"],
            each["ResourceType"],
            each.get("PhysicalResourceId", ""),
            each["ResourceStatus"],
        )


def _if_existing(clients: Clients, resource: StackResource) -> Iterator[RemainingResource]:
    """Yield the resource if it was retained or is a key, and still exists."""
    retained = resource.status == "DELETE_SKIPPED"
    if not retained and resource.kind != _KEY:
        return
    describe = _DESCRIBE.get(resource.kind, _not_verified)
    try:
        note = describe(clients, resource.name)
    except ClientError as error:
        if not _is_not_found(error):
            raise
        return
    yield RemainingResource(
        "retained" if retained else "pending deletion",
        resource.kind,
        resource.name,
        note,
        resource.stack,
        resource.logical_id,
    )


def _is_not_found(error: ClientError) -> bool:
    details = error.response["Error"]
    return details["Code"] in _NOT_FOUND_CODES or "does not exist" in details["Message"]


def _describe_bucket(clients: Clients, name: str) -> str:
    s3 = clients("s3")
    s3.head_bucket(Bucket=name)
    page = s3.list_object_versions(Bucket=name)
    count = len([*page.get("Versions", []), *page.get("DeleteMarkers", [])])
    return f"object versions: {count}{' or more' if page['IsTruncated'] else ''}"


def _describe_key(clients: Clients, name: str) -> str:
    key = clients("kms").describe_key(KeyId=name)["KeyMetadata"]
    if "DeletionDate" in key:
        return f"deleted on {key['DeletionDate']:%Y-%m-%d} unless CancelKeyDeletion is called"
    return "the retained resources are encrypted with it"


def _describe_package_group(clients: Clients, name: str) -> str:
    group = name.rpartition("/")[2]
    sagemaker = clients("sagemaker")
    sagemaker.describe_model_package_group(ModelPackageGroupName=group)
    pages = sagemaker.get_paginator("list_model_packages").paginate(ModelPackageGroupName=group)
    count = sum(len(page["ModelPackageSummaryList"]) for page in pages)
    return f"model packages: {count}"


def _describe_namespace(clients: Clients, name: str) -> str:
    clients("redshift-serverless").get_namespace(namespaceName=name)
    return "the data of the warehouse"


def _describe_repository(clients: Clients, name: str) -> str:
    pages = clients("ecr").get_paginator("describe_images").paginate(repositoryName=name)
    return f"images: {sum(len(page['imageDetails']) for page in pages)}"


def _not_verified(clients: Clients, name: str) -> str:
    return "its existence was not verified"


_DESCRIBE: dict[str, Callable[[Clients, str], str]] = {
    _KEY: _describe_key,
    "AWS::ECR::Repository": _describe_repository,
    "AWS::RedshiftServerless::Namespace": _describe_namespace,
    "AWS::S3::Bucket": _describe_bucket,
    "AWS::SageMaker::ModelPackageGroup": _describe_package_group,
}
