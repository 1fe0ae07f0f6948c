"""Empties a model package group before it is deleted: a custom resource of CloudFormation."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from botocore.exceptions import ClientError
from clients import client
from custom_resource import on_delete
from deadline import seconds_left


class NotEmptied(Exception):
    """Model packages are left in the group; the message says why."""


def handler(event: dict[str, Any], context: Any) -> None:
    """Answer CloudFormation: Delete empties the group, Create and Update do nothing."""
    group = event["ResourceProperties"]["ModelPackageGroupName"]

    def work() -> str:
        count = empty(client("sagemaker"), group, lambda: seconds_left(context))
        return f"Deleted {count} model packages"

    on_delete(event, physical_id=group, work=work)


def empty(client: Any, group: str, seconds_left: Callable[[], float]) -> int:
    """Delete every model package of `group` and give their number.

    One that is gone although its deletion was refused was deleted before: the answer was lost.

    Raises:
        NotEmptied: time ran out.
    """
    packages = _packages(client, group)
    for package in packages:
        if seconds_left() <= 0:
            raise NotEmptied(f"{group} holds more than one call can delete: delete again")
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
