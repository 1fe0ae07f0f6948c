"""Empties a bucket before it is deleted, every version: a custom resource of CloudFormation."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any

from clients import client
from custom_resource import on_delete
from deadline import seconds_left

logger = logging.getLogger()


class NotEmptied(Exception):
    """Objects are left in the bucket; the message says why."""


def handler(event: dict[str, Any], context: Any) -> None:
    """Answer CloudFormation: Delete empties the bucket, Create and Update do nothing."""
    bucket = event["ResourceProperties"]["BucketName"]

    def work() -> str:
        count = empty(client("s3"), bucket, lambda: seconds_left(context))
        return f"Deleted {count} versions"

    on_delete(event, physical_id=bucket, work=work)


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
