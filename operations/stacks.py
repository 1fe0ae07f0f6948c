"""What the stacks of an environment leave: themselves, what they retain, and keys that wait."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from botocore.exceptions import ClientError

from operations.left import Left
from operations.place import Clients, Place

_KEY = "AWS::KMS::Key"
# How services say that there is no such thing.
_GONE = frozenset({"404", "NoSuchBucket", "NotFoundException", "ResourceNotFoundException"})


@dataclass(frozen=True)
class Resource:
    """A resource of a deleted stack."""

    stack: str
    logical_id: str
    kind: str
    name: str
    status: str


def left_by_stacks(place: Place) -> Iterator[Left]:
    """What stacks left: CloudFormation knows of a deleted one for 90 days."""
    deleted = []
    for stack in place.listed("cloudformation", "list_stacks", "StackSummaries"):
        if not stack["StackName"].startswith(place.prefix):
            continue
        if stack["StackStatus"] == "DELETE_COMPLETE":
            deleted.append(stack)
        else:
            yield _standing(stack)
    for stack in deleted:
        for resource in _resources(place, stack):
            yield from _left(place.clients, resource)


def _standing(stack: dict[str, Any]) -> Left:
    why = stack.get("StackStatusReason")
    note = f"{stack['StackStatus']}: {why}" if why else stack["StackStatus"]
    return Left("not deleted", "AWS::CloudFormation::Stack", stack["StackName"], note)


def _resources(place: Place, stack: dict[str, Any]) -> Iterator[Resource]:
    found = place.listed(
        "cloudformation",
        "list_stack_resources",
        "StackResourceSummaries",
        StackName=stack["StackId"],
    )
    for each in found:
        yield Resource(
            stack["StackName"],
            each["LogicalResourceId"],
            each["ResourceType"],
            each.get("PhysicalResourceId", ""),
            each["ResourceStatus"],
        )


def _left(clients: Clients, resource: Resource) -> Iterator[Left]:
    """The resource, if it is still there."""
    retained = resource.status == "DELETE_SKIPPED"
    if not retained and resource.kind != _KEY:
        return
    look = _LOOKS.get(resource.kind, _nothing_known)
    try:
        note = look(clients, resource.name)
    except ClientError as error:
        if not _says_gone(error):
            raise
        return
    yield Left(
        "retained" if retained else "waiting for its end",
        resource.kind,
        resource.name,
        note,
        resource.stack,
        resource.logical_id,
    )


def _says_gone(error: ClientError) -> bool:
    told = error.response["Error"]
    return told["Code"] in _GONE or "does not exist" in told["Message"]


def _bucket(clients: Clients, name: str) -> str:
    s3 = clients("s3")
    s3.head_bucket(Bucket=name)
    page = s3.list_object_versions(Bucket=name)
    count = len([*page.get("Versions", []), *page.get("DeleteMarkers", [])])
    return f"{count} versions of objects{' or more' if page['IsTruncated'] else ''}"


def _key(clients: Clients, name: str) -> str:
    shown = clients("kms").describe_key(KeyId=name)["KeyMetadata"]
    if "DeletionDate" in shown:
        return f"deleted on {shown['DeletionDate']:%Y-%m-%d}; until then cancel_key_deletion"
    return "what is retained is encrypted with it"


def _package_group(clients: Clients, name: str) -> str:
    group = name.rpartition("/")[2]
    sagemaker = clients("sagemaker")
    sagemaker.describe_model_package_group(ModelPackageGroupName=group)
    pages = sagemaker.get_paginator("list_model_packages").paginate(ModelPackageGroupName=group)
    count = sum(len(page["ModelPackageSummaryList"]) for page in pages)
    return f"{count} model packages"


def _namespace(clients: Clients, name: str) -> str:
    clients("redshift-serverless").get_namespace(namespaceName=name)
    return "the data of the warehouse"


def _nothing_known(clients: Clients, name: str) -> str:
    return "whether it is still there was not looked up"


_LOOKS: dict[str, Callable[[Clients, str], str]] = {
    _KEY: _key,
    "AWS::RedshiftServerless::Namespace": _namespace,
    "AWS::S3::Bucket": _bucket,
    "AWS::SageMaker::ModelPackageGroup": _package_group,
}
