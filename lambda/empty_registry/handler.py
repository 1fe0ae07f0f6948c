"""Empties a model package group before it is deleted: a custom resource of CloudFormation."""

from __future__ import annotations

import json
import logging
import urllib.request
from collections.abc import Callable
from typing import Any

import boto3

logger = logging.getLogger()
logger.setLevel(logging.INFO)

LONGEST_REASON = 1500  # characters; CloudFormation takes a response of 4096 bytes
ANSWER_SECONDS = 20  # kept back, so that CloudFormation is told of a timeout


class NotEmptied(Exception):
    """Model packages are left in the group; the message says why."""


def handler(event: dict[str, Any], context: Any) -> None:
    """Answer CloudFormation: Delete empties the group, Create and Update do nothing."""
    group = event["ResourceProperties"]["ModelPackageGroupName"]
    status, reason = "SUCCESS", "Nothing to do"
    try:
        if event["RequestType"] == "Delete":
            count = empty(boto3.client("sagemaker"), group, lambda: _seconds_left(context))
            reason = f"Deleted {count} model packages"
    except Exception as error:  # whatever it is, CloudFormation must be told, or it waits
        logger.exception("The model package group could not be emptied")
        status, reason = "FAILED", str(error)
    logger.info("%s: %s", status, reason)
    respond(event, status=status, reason=reason, group=group)


def empty(client: Any, group: str, seconds_left: Callable[[], float]) -> int:
    """Delete every model package of `group` and give their number.

    Raises:
        NotEmptied: time ran out.
    """
    pages = client.get_paginator("list_model_packages").paginate(ModelPackageGroupName=group)
    packages = [
        package["ModelPackageArn"] for page in pages for package in page["ModelPackageSummaryList"]
    ]
    for package in packages:
        if seconds_left() <= 0:
            raise NotEmptied(f"{group} holds more than one call can delete: delete again")
        client.delete_model_package(ModelPackageName=package)
    return len(packages)


def _seconds_left(context: Any) -> float:
    return float(context.get_remaining_time_in_millis() / 1000 - ANSWER_SECONDS)


def respond(event: dict[str, Any], *, status: str, reason: str, group: str) -> None:
    """Send the response object to CloudFormation (User Guide, "Custom resource response")."""
    body = {
        "Status": status,
        "Reason": reason[:LONGEST_REASON],
        "PhysicalResourceId": group,
        "StackId": event["StackId"],
        "RequestId": event["RequestId"],
        "LogicalResourceId": event["LogicalResourceId"],
    }
    request = urllib.request.Request(
        event["ResponseURL"],
        data=json.dumps(body).encode(),
        headers={"Content-Type": ""},  # the address is signed for no type
        method="PUT",
    )
    with urllib.request.urlopen(request, timeout=ANSWER_SECONDS):
        pass
