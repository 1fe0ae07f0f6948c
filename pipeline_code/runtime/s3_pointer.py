"""A pointer in S3 to the newest set of something, safe to move by several runs at once."""

import json
from collections.abc import Callable
from typing import Any

from botocore.exceptions import ClientError

from pipeline_code.runtime.job_errors import JobError

Document = dict[str, Any]
ATTEMPTS = 10
# The condition did not hold, another write was under way, or the object has just been deleted.
# Source: Amazon S3 user guide, "How to prevent object overwrites with conditional writes".
LOST_RACE = {"PreconditionFailed", "ConditionalRequestConflict", "NoSuchKey"}


def move_pointer(
    uri: str, document: Document, *, client: Any, gives_way: Callable[[Document], bool]
) -> bool:
    """Put `document` at the S3 URI `uri` if nothing is there, or what is there gives way to it.

    Compare-and-swap with conditional writes: no run replaces a pointer that it has not seen, and
    nobody ever reads half of one. `client` must be allowed to get and to put the object, but not to
    list the bucket: the object is read only when it was found to be there. Gives whether the
    pointer was moved. Raises JobError when others moved it at each of ten attempts.
    """
    bucket, _, key = uri.removeprefix("s3://").partition("/")
    place = {"Bucket": bucket, "Key": key}
    body = json.dumps(document, indent=2).encode() + b"\n"
    for _ in range(ATTEMPTS):
        if _put(client, place, body, IfNoneMatch="*"):
            return True
        there = client.get_object(**place)
        if not gives_way(json.load(there["Body"])):
            return False
        if _put(client, place, body, IfMatch=there["ETag"]):
            return True
    raise JobError(f"{uri} was moved by others at each of {ATTEMPTS} attempts: start again later")


def _put(client: Any, place: dict[str, str], body: bytes, **condition: str) -> bool:
    try:
        client.put_object(**place, **condition, Body=body, ContentType="application/json")
    except ClientError as error:
        if error.response["Error"]["Code"] in LOST_RACE:
            return False
        raise
    return True
