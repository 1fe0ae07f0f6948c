"""Reads objects of the lake by their S3 URIs."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any


def objects_below(prefix: str, storage: Any) -> Iterator[tuple[str, datetime]]:
    """Yield URI and time of every object below an S3 URI; `storage` is a client of S3."""
    bucket, _, key = prefix.removeprefix("s3://").partition("/")
    pages = storage.get_paginator("list_objects_v2")
    for page in pages.paginate(Bucket=bucket, Prefix=f"{key.rstrip('/')}/"):
        for entry in page.get("Contents", []):
            yield f"s3://{bucket}/{entry['Key']}", entry["LastModified"]


def content_of(uri: str, storage: Any) -> bytes:
    """Return the content of an object."""
    bucket, _, key = uri.removeprefix("s3://").partition("/")
    body: bytes = storage.get_object(Bucket=bucket, Key=key)["Body"].read()
    return body
