"""Custom resource that deletes all packages of a model package group before the group itself."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from botocore.exceptions import ClientError
from clients import client
from custom_resource import run_on_delete
from deadline import seconds_left


class NotEmptied(Exception):
    """The group still holds model packages; the message says why."""


def handler(event: dict[str, Any], context: Any) -> None:
    """Handle a CloudFormation request: "Delete" empties the group, other requests do nothing."""
    group = event["ResourceProperties"]["ModelPackageGroupName"]

    def work() -> str:
        count = empty(client("sagemaker"), group, lambda: seconds_left(context))
        return f"Deleted {count} model packages"

    run_on_delete(event, physical_id=group, work=work)


def empty(client: Any, group: str, seconds_left: Callable[[], float]) -> int:
    """Delete all model packages of `group` and return their number.

    An error is ignored if the package no longer exists: an earlier call deleted it, and its
    response was lost.

    Raises:
        NotEmptied: there was no time left.
    """
    packages = _packages(client, group)
    for package in packages:
        if seconds_left() <= 0:
            raise NotEmptied(
                f"{group} has more model packages than one invocation can delete; "
                "delete the stack again"
            )
        try:
            client.delete_model_package(ModelPackageName=package)
        except ClientError:
            if package in _packages(client, group):
                raise
    return len(packages)


def _packages(client: Any, group: str) -> list[str]:
    pages = client.get_paginator("list_model_packages").paginate(ModelPackageGroupName=group)
    return [
        package["ModelPackageArn"] for page in pages for package in page["ModelPackageSummaryList"]
    ]
