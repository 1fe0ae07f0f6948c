"""A pointer in S3 to the newest version of a data set; concurrent runs may update it."""

import json
from collections.abc import Callable
from typing import Any

from botocore.exceptions import ClientError

from pipeline_code.runtime.job_errors import JobError

Document = dict[str, Any]
ATTEMPTS = 10
# The condition did not hold, another write was in progress, or the object was just deleted.
# Source: Amazon S3 user guide, "How to prevent object overwrites with conditional writes".
LOST_RACE = {"PreconditionFailed", "ConditionalRequestConflict", "NoSuchKey"}


def move_pointer(
    uri: str, document: Document, *, client: Any, may_replace: Callable[[Document], bool]
) -> bool:
    """Write `document` to `uri` if it has no object, or if `may_replace(current document)` is true.

    Compare-and-swap with conditional writes: no run replaces a pointer that it has not read, and
    no reader gets an incomplete pointer. `client` needs permission to get and put the object, but
    not to list the bucket, because the object is read only after a write found it. Returns whether
    the pointer was updated. Raises JobError if other runs updated it during each of ten attempts.
    """
    bucket, _, key = uri.removeprefix("s3://").partition("/")
    location = {"Bucket": bucket, "Key": key}
    body = json.dumps(document, indent=2).encode() + b"\n"
    for _ in range(ATTEMPTS):
        if _put(client, location, body, IfNoneMatch="*"):
            return True
        current = client.get_object(**location)
        if not may_replace(json.load(current["Body"])):
            return False
        if _put(client, location, body, IfMatch=current["ETag"]):
            return True
    raise JobError(f"{uri} was moved by others at each of {ATTEMPTS} attempts: start again later")


def _put(client: Any, location: dict[str, str], body: bytes, **condition: str) -> bool:
    try:
        client.put_object(**location, **condition, Body=body, ContentType="application/json")
    except ClientError as error:
        if error.response["Error"]["Code"] in LOST_RACE:
            return False
        raise
    return True
