"""Finds the files of a COPY in S3, and decompresses them."""

from __future__ import annotations

import bz2
import gzip
import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from local_cloud.redshift.s3.copy_options import CopyOptions
from local_cloud.redshift.s3.load_errors import LoadError
from local_cloud.redshift.s3.s3_access import location, objects, s3_errors
from local_cloud.redshift.statement_errors import StatementFailed


@dataclass(frozen=True)
class SourceFile:
    """An object of S3 with its stored content."""

    uri: str
    content: bytes


class UnreadableLine(Exception):  # noqa: N818
    """A line of a file cannot be read. The argument is the load error."""

    def __init__(self, error: LoadError) -> None:
        super().__init__(str(error))
        self.error = error


def source_files(client: Any, options: CopyOptions) -> Iterator[SourceFile]:
    """Yield the objects of the source: all under a prefix, or those that a manifest lists.

    An object is read when it is taken, so that one is in memory.
    """
    uris = _manifest(client, options.source) if options.manifest else _prefix(client, options)
    for uri in uris:
        yield SourceFile(uri, _content(client, uri, options))


def _prefix(client: Any, options: CopyOptions) -> list[str]:
    bucket, prefix = location(options.source)
    keys = [key for key in objects(client, bucket, prefix) if not key.endswith("/")]
    if not keys:
        raise StatementFailed(f"ERROR: The specified S3 prefix '{prefix}' does not exist")
    return [f"s3://{bucket}/{key}" for key in keys]


def _manifest(client: Any, uri: str) -> list[str]:
    text = object_content(client, uri)
    try:
        entries = json.loads(text)["entries"]
        wanted = [(entry["url"], bool(entry.get("mandatory"))) for entry in entries]
    except (ValueError, KeyError, TypeError) as error:
        raise StatementFailed(f"ERROR: Invalid manifest {uri}: {error!r}") from error
    return [url for url, mandatory in wanted if mandatory or _exists(client, url)]


def _exists(client: Any, uri: str) -> bool:
    bucket, key = location(uri)
    return key in objects(client, bucket, key)


def object_content(client: Any, uri: str) -> bytes:
    """Return the content of an object of S3."""
    bucket, key = location(uri)
    with s3_errors(bucket):
        body: bytes = client.get_object(Bucket=bucket, Key=key)["Body"].read()
    return body


def _content(client: Any, uri: str, options: CopyOptions) -> bytes:
    content = object_content(client, uri)
    if options.compression is None:
        return content
    unpack = gzip.decompress if options.compression == "GZIP" else bz2.decompress
    try:
        return unpack(content)
    except (OSError, EOFError) as error:
        raise StatementFailed(
            f"ERROR: {uri} is not a {options.compression} file: {error}"
        ) from error
