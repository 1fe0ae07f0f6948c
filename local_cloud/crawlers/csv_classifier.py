"""The built-in CSV classifier of Glue.

Source: https://docs.aws.amazon.com/glue/latest/dg/add-classifier.html ("Built-in CSV classifier"):
the delimiters, at least two columns and two rows, and when the first row is a header.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Sequence

from local_cloud.crawlers.errors import unsupported
from local_cloud.crawlers.file_schema import FileSchema, common_type
from local_cloud.lake_tables.storage_formats import delimited

_DELIMITERS = (",", "|", "\t", ";", "\x01")
_MAX_NAME = 150
_NAME = re.compile(r"[^\r\n\x00]*")
# A text of a row -> its type, the first that matches.
_TYPES = (
    (re.compile(r"[+-]?\d{1,18}", re.ASCII), "bigint"),
    (re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?", re.ASCII), "double"),
    (re.compile(r"true|false", re.IGNORECASE), "boolean"),
)
Row = Sequence[str]


def csv_schema(text: str) -> FileSchema | None:
    """Return the schema of a CSV text; None if it is not CSV."""
    for delimiter in _DELIMITERS:
        rows = _rows(text, delimiter)
        if len(rows) >= 2 and len(rows[0]) >= 2 and len({len(row) for row in rows}) == 1:
            return _schema(rows, delimiter, is_quoted='"' in text)
    return None


def _rows(text: str, delimiter: str) -> list[Row]:
    try:
        return [row for row in csv.reader(io.StringIO(text), delimiter=delimiter) if row]
    except csv.Error:
        return []


def _schema(rows: list[Row], delimiter: str, *, is_quoted: bool) -> FileSchema:
    first, *others = rows
    kinds = [_column_type(column) for column in zip(*others, strict=True)]
    has_header = _is_header(first) and any(kind != "string" for kind in kinds)
    names: Row = [name.strip().lower() for name in first] if has_header else _numbered(first)
    if len(set(names)) < len(names):
        raise unsupported(f"a CSV file whose header {list(first)} has a name twice")
    if not has_header:
        kinds = [_column_type(column) for column in zip(*rows, strict=True)]
    parameters = {
        "areColumnsQuoted": "true" if is_quoted else "false",
        "columnsOrdered": "true",
        "delimiter": delimiter,
        **({"skip.header.line.count": "1"} if has_header else {}),
    }
    return FileSchema(
        "csv",
        dict(zip(names, kinds, strict=True)),
        delimited(delimiter),
        "none",
        parameters,
        records=len(others if has_header else rows),
    )


def _is_header(row: Row) -> bool:
    """Return whether every value can be a name: a text of less than 150 characters."""
    return all(
        _type(name) == "string" and len(name) < _MAX_NAME and _NAME.fullmatch(name) and name.strip()
        for name in row
    )


def _numbered(row: Row) -> list[str]:
    return [f"col{place}" for place in range(len(row))]


def _column_type(texts: Sequence[str]) -> str:
    """Return the type of the texts that are not empty; a text if all are empty."""
    kinds = [_type(text) for text in texts if text.strip()] or ["string"]
    found = kinds[0]
    for kind in kinds[1:]:
        found = common_type(found, kind)
    return found


def _type(text: str) -> str:
    stripped = text.strip()
    return next((kind for pattern, kind in _TYPES if pattern.fullmatch(stripped)), "string")
