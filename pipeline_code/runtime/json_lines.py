"""Reads JSON lines with a declared schema: one object per row, with column names as keys."""

import codecs
import csv
import io
import json
from collections.abc import Iterator, Sequence
from typing import IO, Any, NoReturn

import pyarrow as pa

from pipeline_code.runtime.csv_blocks import BLOCK_BYTES
from pipeline_code.runtime.csv_data import read_csv
from pipeline_code.runtime.job_errors import DataError
from pipeline_code.runtime.schema import Column, Schema

_NO_VALUES = {dict: "an object", list: "a list", type(None): "null"}


def read_json_lines(content: bytes, schema: Schema, *, source: str) -> pa.Table:
    """Read rows with values in JSON types, or as text in the form of CSV files.

    All rows must have the optional columns of the first row. Raises DataError, which names source,
    line and column of the first error.
    """
    return pa.concat_tables(json_tables(io.BytesIO(content.strip()), schema, source=source))


def json_tables(
    file: IO[bytes], schema: Schema, *, source: str, columns: Sequence[str] | None = None
) -> Iterator[pa.Table]:
    """Yield the rows of a file in blocks, like `read_json_lines`; with `columns`, only these.

    Blank lines are no rows.
    """
    present, number = None, 0
    while lines := file.readlines(BLOCK_BYTES):
        if not number:
            lines[0] = lines[0].removeprefix(codecs.BOM_UTF8)
        numbered = [(n, line) for n, line in enumerate(lines, start=number + 1) if line.strip()]
        rows = [(n, _object(line, source=f"{source}, line {n}")) for n, line in numbered]
        number += len(lines)
        if not rows:
            continue
        if present is None:
            present = schema.present(list(rows[0][1]), source=f"{source}, line {rows[0][0]}")
        table = _table(rows, present, source=source)
        yield table if columns is None else table.select(present.select(columns).names)
    if present is None:
        yield schema.select(schema.names if columns is None else columns).arrow().empty_table()


def _table(rows: Sequence[tuple[int, dict[str, Any]]], present: Schema, *, source: str) -> pa.Table:
    text = io.StringIO()
    # By default, the csv module does not quote a lone carriage return, which ends a row.
    writer = csv.writer(text, lineterminator="\n", quoting=csv.QUOTE_ALL)
    for number, row in rows:
        where = f"{source}, line {number}"
        present.present(list(row), source=where)
        writer.writerow([_text(row[each.name], each, source=where) for each in present.columns])
    return read_csv(text.getvalue().encode(), present, source=source)


def _object(line: bytes, *, source: str) -> dict[str, Any]:
    try:
        row = json.loads(line, object_pairs_hook=_unique, parse_constant=_refuse)
    except (ValueError, RecursionError) as err:
        raise DataError(f"{source}: not JSON: {err}") from err
    if not isinstance(row, dict):
        raise DataError(f"{source}: {line[:80]!r} is not an object of column names and values")
    return row


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Create an object; raises an error for a repeated name, which JSON does not define."""
    row: dict[str, Any] = {}
    for name, value in pairs:
        if name in row:
            raise ValueError(f"{name[:80]!r} is given twice")
        row[name] = value
    return row


def _refuse(constant: str) -> NoReturn:
    raise ValueError(f"{constant} is not a JSON number")


def _text(value: Any, column: Column, *, source: str) -> str:
    """Convert the value to its form in a CSV file."""
    if value is None and column.nullable:
        return ""
    if type(value) in _NO_VALUES:
        shown = _NO_VALUES[type(value)]
    else:
        text = value if isinstance(value, str) else json.dumps(value)
        if column.reads(text):
            return text
        shown = repr(text[:80])
    raise DataError(f"{source}, column {column.name}: {shown} is not {column.looks}")
