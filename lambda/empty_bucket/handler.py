"""Empties a bucket before it is deleted, every version: a custom resource of CloudFormation."""

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
    """Objects are left in the bucket; the message says why."""


def handler(event: dict[str, Any], context: Any) -> None:
    """Answer CloudFormation: Delete empties the bucket, Create and Update do nothing."""
    bucket = event["ResourceProperties"]["BucketName"]
    status, reason = "SUCCESS", "Nothing to do"
    try:
        if event["RequestType"] == "Delete":
            count = empty(boto3.client("s3"), bucket, lambda: _seconds_left(context))
            reason = f"Deleted {count} versions"
    except Exception as error:  # whatever it is, CloudFormation must be told, or it waits
        logger.exception("The bucket could not be emptied")
        status, reason = "FAILED", str(error)
    logger.info("%s: %s", status, reason)
    respond(event, status=status, reason=reason, bucket=bucket)


def empty(client: Any, bucket: str, seconds_left: Callable[[], float]) -> int:
    """Delete every version and delete marker of `bucket` and give their number.

    A bucket that is gone already is empty.

    Raises:
        NotEmptied: time ran out, or S3 refused to delete an object.
    """
    count = 0
    try:
        for page in client.get_paginator("list_object_versions").paginate(Bucket=bucket):
            if seconds_left() <= 0:
                raise NotEmptied(f"{bucket} holds more than one call can delete: delete again")
            count += _delete(client, bucket, page)
    except client.exceptions.NoSuchBucket:
        logger.info("%s is gone already", bucket)
    return count


def _delete(client: Any, bucket: str, page: dict[str, Any]) -> int:
    objects = [
        {"Key": version["Key"], "VersionId": version["VersionId"]}
        for version in [*page.get("Versions", []), *page.get("DeleteMarkers", [])]
    ]
    if objects:  # a page holds at most the 1000 that one call takes
        answer = client.delete_objects(Bucket=bucket, Delete={"Objects": objects, "Quiet": True})
        for error in answer.get("Errors", []):
            raise NotEmptied(f"{error['Key']} of {bucket}: {error['Code']} {error['Message']}")
    return len(objects)


def _seconds_left(context: Any) -> float:
    return float(context.get_remaining_time_in_millis() / 1000 - ANSWER_SECONDS)


def respond(event: dict[str, Any], *, status: str, reason: str, bucket: str) -> None:
    """Send the response object to CloudFormation (User Guide, "Custom resource response")."""
    body = {
        "Status": status,
        "Reason": reason[:LONGEST_REASON],
        "PhysicalResourceId": bucket,
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
