"""Splits the files of a COPY into records and fields.

Sources: pages "Data format parameters" and "Data conversion parameters" of COPY.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

import pyarrow as pa

from local_cloud.redshift.s3.copy_files import SourceFile, UnreadableLine
from local_cloud.redshift.s3.copy_json import JsonPath, json_records
from local_cloud.redshift.s3.copy_options import CopyOptions
from local_cloud.redshift.s3.load_errors import LoadError

_FIELDS = pa.list_(pa.string())
# Records that are objects of Python at the same time.
_PART = 2**14


@dataclass(frozen=True)
class Record:
    """A record: the number of its first line (from 1), its text and its fields."""

    line: int
    raw: str
    fields: list[str | None]


def rows(source: SourceFile, options: CopyOptions, paths: tuple[JsonPath, ...]) -> pa.Table:
    """Return the records of a file, with the columns `line`, `raw` and `fields`.

    Delimited text without quotes and escapes has no column `fields`: `raw` is split later. Raises
    UnreadableLine for invalid JSON, and for bytes that are not UTF-8 unless ACCEPTINVCHARS
    replaces them.
    """
    text = _decoded(source, options)
    if options.kind == "text" and not (options.remove_quotes or options.escape):
        return _lines(text, options)
    records = _records(source, text, options, paths)
    # As columns, the records need a tenth of the memory.
    parts = [_table(part) for part in iter(lambda: list(islice(records, _PART)), [])]
    return pa.concat_tables(parts or [_table([])])


def _records(
    source: SourceFile, text: str, options: CopyOptions, paths: tuple[JsonPath, ...]
) -> Iterator[Record]:
    if options.kind == "json":
        for line, raw, fields in json_records(source, text, paths, options):
            yield Record(line, raw, fields)
    elif options.kind == "csv":
        yield from _csv_records(text, options)
    elif options.kind == "fixedwidth":
        yield from _fixed_width_records(text, options)
    else:
        yield from _quoted_records(text, options)


def _table(records: list[Record]) -> pa.Table:
    return pa.table(
        {
            "line": pa.array([record.line for record in records], pa.int64()),
            "raw": pa.array([record.raw for record in records], pa.string()),
            "fields": pa.array([record.fields for record in records], _FIELDS),
        }
    )


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


def _numbered_lines(text: str, options: CopyOptions) -> tuple[list[int], list[str]]:
    lines = text.split("\n")
    if lines[-1] == "":
        lines.pop()
    # Windows line ends are accepted, as on AWS.
    kept = [line.removesuffix("\r") for line in lines][options.ignore_header :]
    numbers = list(range(options.ignore_header + 1, options.ignore_header + 1 + len(kept)))
    if options.ignore_blank_lines:
        numbers = [number for number, line in zip(numbers, kept, strict=True) if line]
        kept = [line for line in kept if line]
    return numbers, kept


def _lines(text: str, options: CopyOptions) -> pa.Table:
    numbers, lines = _numbered_lines(text, options)
    return pa.table({"line": pa.array(numbers, pa.int64()), "raw": pa.array(lines, pa.string())})


def _fixed_width_records(text: str, options: CopyOptions) -> Iterator[Record]:
    """Yield records whose fields have a fixed number of characters. Missing fields are empty."""
    starts = [sum(options.widths[:number]) for number in range(len(options.widths) + 1)]
    for number, line in zip(*_numbered_lines(text, options), strict=True):
        fields: list[str | None] = [
            line[start:end] for start, end in zip(starts, starts[1:], strict=False)
        ]
        yield Record(number, line, fields)


def _csv_records(text: str, options: CopyOptions) -> Iterator[Record]:
    reader = csv.reader(
        io.StringIO(text, newline=""),
        delimiter=options.field_delimiter,
        quotechar=options.quote or '"',
        strict=True,
    )
    start = 1
    for record in reader:
        if start > options.ignore_header and (record or not options.ignore_blank_lines):
            fields: list[str | None] = list(record or [""])
            yield Record(start, options.field_delimiter.join(record), fields)
        start = reader.line_num + 1


def _quoted_records(text: str, options: CopyOptions) -> Iterator[Record]:
    """Yield records with REMOVEQUOTES or ESCAPE, whose fields may contain delimiters, newlines."""
    pattern = _field_pattern(options)
    line, position, start = 1, 0, 0
    fields: list[str | None] = []
    while start < len(text):
        match = pattern.match(text, position)
        if match is None:
            raise AssertionError("the pattern of a field matches the empty text")
        fields.append(_content(match, options))
        position = match.end()
        if match["end"] == options.field_delimiter:
            continue
        raw = text[start:position].removesuffix("\n").removesuffix("\r")
        if line > options.ignore_header and (raw or not options.ignore_blank_lines):
            yield Record(line, raw, fields)
        line += text.count("\n", start, position)
        start, fields = position, []


def _field_pattern(options: CopyOptions) -> re.Pattern[str]:
    sign = re.escape(options.field_delimiter)
    escaped = r"\\.|" if options.escape else ""
    plain = rf"(?:{escaped}[^{sign}\n])*?"
    quoted = "|".join(
        rf"{quote}(?:{escaped}[^{quote}])*{quote}(?=\r?(?:{sign}|\n|\Z))" for quote in "\"'"
    )
    field = (
        f"(?P<quoted>{quoted})|(?P<plain>{plain})"
        if options.remove_quotes
        else (f"(?P<quoted>(?!))|(?P<plain>{plain})")
    )
    return re.compile(rf"(?:{field})\r?(?P<end>{sign}|\n|\Z)", re.DOTALL)


def _content(match: re.Match[str], options: CopyOptions) -> str:
    text = match["quoted"][1:-1] if match["quoted"] is not None else match["plain"]
    # The null string is not unescaped.
    if not options.escape or text == "\\N":
        return text
    return re.sub(r"\\(.)", r"\1", text, flags=re.DOTALL)
