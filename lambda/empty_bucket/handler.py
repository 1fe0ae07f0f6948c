"""Custom resource that deletes all object versions of a bucket before the bucket is deleted."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any

from clients import client
from custom_resource import run_on_delete
from deadline import seconds_left

logger = logging.getLogger()


class NotEmptied(Exception):
    """The bucket still holds objects; the message says why."""


def handler(event: dict[str, Any], context: Any) -> None:
    """Handle a CloudFormation request: "Delete" empties the bucket, other requests do nothing."""
    bucket = event["ResourceProperties"]["BucketName"]

    def work() -> str:
        count = empty(client("s3"), bucket, lambda: seconds_left(context))
        return f"Deleted {count} versions"

    run_on_delete(event, physical_id=bucket, work=work)


def empty(client: Any, bucket: str, seconds_left: Callable[[], float]) -> int:
    """Delete all versions and delete markers of `bucket` and return their number.

    No-op if the bucket does not exist.

    Raises:
        NotEmptied: there was no time left, or S3 did not delete an object.
    """
    count = 0
    try:
        for page in client.get_paginator("list_object_versions").paginate(Bucket=bucket):
            if seconds_left() <= 0:
                raise NotEmptied(
                    f"{bucket} has more objects than one invocation can delete; "
                    "delete the stack again"
                )
            count += _delete(client, bucket, page)
    except client.exceptions.NoSuchBucket:
        logger.info("%s does not exist", bucket)
    return count


def _delete(client: Any, bucket: str, page: dict[str, Any]) -> int:
    objects = [
        {"Key": version["Key"], "VersionId": version["VersionId"]}
        for version in [*page.get("Versions", []), *page.get("DeleteMarkers", [])]
    ]
    if objects:  # a page has at most 1000 entries, the limit of DeleteObjects
        answer = client.delete_objects(Bucket=bucket, Delete={"Objects": objects, "Quiet": True})
        for error in answer.get("Errors", []):
            raise NotEmptied(
                f"{bucket}/{error['Key']} was not deleted: {error['Code']} {error['Message']}"
            )
    return len(objects)
