"""Reads and writes objects with the permissions of the caller, and counts the bytes read."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlparse

from botocore.exceptions import ClientError

from local_cloud.athena.errors import QueryFailed


@dataclass
class LakeObjects:
    """The objects that one query reads and writes. `encryption` are parameters of PutObject.

    `limit` is BytesScannedCutoffPerQuery of the workgroup.
    """

    s3: Any
    encryption: Mapping[str, str] = field(default_factory=dict)
    limit: int | None = None
    scanned_bytes: int = 0

    def check_bucket(self, uri: str) -> None:
        """Call GetBucketLocation, as Athena does before it writes a result."""
        bucket = location(uri)[0]
        with _s3_errors("Unable to verify/create output bucket", bucket):
            self.s3.get_bucket_location(Bucket=bucket)

    def read(self, uri: str) -> Iterator[tuple[str, bytes]]:
        """Yield the URI and the bytes of each object under a location."""
        bucket, _ = location(uri)
        for key in self.keys(uri):
            with _s3_errors("PERMISSION_DENIED", uri):
                content = self.s3.get_object(Bucket=bucket, Key=key)["Body"].read()
            self.scanned_bytes += len(content)
            if self.limit is not None and self.scanned_bytes > self.limit:
                raise QueryFailed("Bytes scanned limit was exceeded")
            yield f"s3://{bucket}/{key}", content

    def keys(self, uri: str) -> list[str]:
        """Return the keys under a location."""
        bucket, prefix = location(uri)
        with _s3_errors("PERMISSION_DENIED", uri):
            pages = self.s3.get_paginator("list_objects_v2").paginate(Bucket=bucket, Prefix=prefix)
            return [found["Key"] for page in pages for found in page.get("Contents", ())]

    def write(self, uri: str, content: bytes) -> None:
        """Write an object, with the encryption of the result."""
        bucket, key = location(uri)
        with _s3_errors("Access denied when writing output to url", uri):
            self.s3.put_object(Bucket=bucket, Key=key, Body=content, **self.encryption)


def location(uri: str) -> tuple[str, str]:
    """Return the bucket and the key of `s3://bucket/key`."""
    parsed = urlparse(uri)
    if parsed.scheme != "s3" or not parsed.netloc:
        raise QueryFailed(f"the location {uri!r} is not an S3 location: write s3://bucket/prefix/")
    return parsed.netloc, uri.split("/", 3)[3] if uri.count("/") > 2 else ""


@contextmanager
def _s3_errors(failed: str, place: str) -> Iterator[None]:
    try:
        yield
    except ClientError as error:
        found = error.response["Error"]
        raise QueryFailed(
            f"{failed}: {place}: {found['Code']}: {found.get('Message', '')}"
        ) from error
