"""The files that a COPY reads: found in S3, unpacked, cut into lines and fields."""

from __future__ import annotations

import csv
import gzip
import io
import json
import re
from dataclasses import dataclass
from typing import Any

import pyarrow as pa

from local_cloud.redshift.s3.copy_options import CopyOptions
from local_cloud.redshift.s3.load_errors import LoadError
from local_cloud.redshift.s3.s3_access import location, objects, s3_errors
from local_cloud.redshift.statement_errors import StatementFailed


@dataclass(frozen=True)
class SourceFile:
    """One object of S3 with its content as it lies there."""

    uri: str
    content: bytes


class UnreadableLine(Exception):  # noqa: N818
    """A file holds bytes that are not text; carries the load error."""

    def __init__(self, error: LoadError) -> None:
        super().__init__(str(error))
        self.error = error


def source_files(client: Any, options: CopyOptions) -> list[SourceFile]:
    """The objects that the source names: under a prefix, or listed by a manifest."""
    uris = _manifest(client, options.source) if options.manifest else _prefix(client, options)
    return [SourceFile(uri, _content(client, uri, options)) for uri in uris]


def _prefix(client: Any, options: CopyOptions) -> list[str]:
    bucket, prefix = location(options.source)
    keys = [key for key in objects(client, bucket, prefix) if not key.endswith("/")]
    if not keys:
        raise StatementFailed(f"ERROR: The specified S3 prefix '{prefix}' does not exist")
    return [f"s3://{bucket}/{key}" for key in keys]


def _manifest(client: Any, uri: str) -> list[str]:
    text = _object(client, uri)
    try:
        entries = json.loads(text)["entries"]
        wanted = [(entry["url"], bool(entry.get("mandatory"))) for entry in entries]
    except (ValueError, KeyError, TypeError) as error:
        raise StatementFailed(f"ERROR: Invalid manifest {uri}: {error!r}") from error
    return [url for url, mandatory in wanted if mandatory or _exists(client, url)]


def _exists(client: Any, uri: str) -> bool:
    bucket, key = location(uri)
    return key in objects(client, bucket, key)


def _object(client: Any, uri: str) -> bytes:
    bucket, key = location(uri)
    with s3_errors(bucket):
        body: bytes = client.get_object(Bucket=bucket, Key=key)["Body"].read()
    return body


def _content(client: Any, uri: str, options: CopyOptions) -> bytes:
    content = _object(client, uri)
    if not options.gzip:
        return content
    try:
        return gzip.decompress(content)
    except (OSError, EOFError) as error:
        raise StatementFailed(f"ERROR: {uri} is not a GZIP file: {error}") from error


def rows(source: SourceFile, options: CopyOptions) -> pa.Table:
    """A file's records: `line` (from 1), `raw` and, where quotes matter, `fields`.

    Raises UnreadableLine at bytes that are not UTF-8, unless ACCEPTINVCHARS replaces them.
    """
    text = _decoded(source, options)
    if options.kind == "csv":
        return _csv_rows(text, options)
    lines = text.split("\n")
    if lines[-1] == "":
        lines.pop()
    # Windows line ends are line ends, as for the service.
    raw = [line.removesuffix("\r") for line in lines][options.ignore_header :]
    numbers = range(options.ignore_header + 1, options.ignore_header + 1 + len(raw))
    columns = {"line": pa.array(numbers, pa.int64()), "raw": pa.array(raw, pa.string())}
    if options.remove_quotes:
        columns["fields"] = pa.array(_unquoted(raw, options.field_delimiter), _FIELDS)
    return pa.table(columns)


_FIELDS = pa.list_(pa.string())


def _decoded(source: SourceFile, options: CopyOptions) -> str:
    if options.accept_inv_chars is not None:
        replaced = source.content.decode("utf-8-sig", errors="replace")
        return replaced.replace("\ufffd", options.accept_inv_chars)
    try:
        return source.content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise UnreadableLine(_bad_bytes(source, error)) from error


def _bad_bytes(source: SourceFile, error: UnicodeDecodeError) -> LoadError:
    number = source.content.count(b"\n", 0, error.start) + 1
    line = source.content.split(b"\n")[number - 1].decode(errors="replace").rstrip("\r")
    bad = source.content[error.start : error.end].hex()
    reason = f"String contains invalid or unsupported UTF8 codepoints. Bad UTF8 hex sequence: {bad}"
    return LoadError(source.uri, number, "", "", "", line, line, 1220, reason)


def _csv_rows(text: str, options: CopyOptions) -> pa.Table:
    reader = csv.reader(
        io.StringIO(text, newline=""),
        delimiter=options.field_delimiter,
        quotechar=options.quote or '"',
        strict=True,
    )
    numbers, fields, start = [], [], 1
    for record in reader:
        if start > options.ignore_header:
            numbers.append(start)
            fields.append(record or [""])
        start = reader.line_num + 1
    raw = [options.field_delimiter.join(record) for record in fields]
    return pa.table(
        {
            "line": pa.array(numbers, pa.int64()),
            "raw": pa.array(raw, pa.string()),
            "fields": pa.array(fields, _FIELDS),
        }
    )


def _unquoted(lines: list[str], delimiter: str) -> list[list[str]]:
    """Fields without the quotes around them; a delimiter between quotes belongs to the field."""
    sign = re.escape(delimiter)
    pattern = re.compile(rf"(?:^|(?<={sign}))(?:\"([^\"]*)\"|'([^']*)'|([^{sign}]*))(?={sign}|$)")
    return [["".join(match.groups("")) for match in pattern.finditer(line)] for line in lines]
