"""Reads JSON lines of a declared schema: one object a row, with the columns' names as keys."""

import csv
import io
import json
from typing import Any

import pyarrow as pa

from pipeline_code.runtime.csv_data import read_csv
from pipeline_code.runtime.errors import DataError
from pipeline_code.runtime.schema import Schema


def read_json_lines(content: bytes, schema: Schema, *, source: str) -> pa.Table:
    """Read rows whose values are JSON's own or text as CSV would hold it.

    The first row decides whether the optional columns are there. Raises DataError naming source,
    line and column of what is wrong first.
    """
    lines = content.strip().splitlines()
    rows = [_object(line, source=f"{source}, line {n}") for n, line in enumerate(lines, start=1)]
    present = schema.present(list(rows[0]), source=f"{source}, line 1") if rows else schema
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    for number, row in enumerate(rows, start=1):
        present.present(list(row), source=f"{source}, line {number}")
        writer.writerow([_text(row[name]) for name in present.names])
    return read_csv(text.getvalue().encode(), present, source=source)


def _object(line: bytes, *, source: str) -> dict[str, Any]:
    try:
        row = json.loads(line)
    except ValueError as err:
        raise DataError(f"{source}: not JSON: {err}") from err
    if not isinstance(row, dict):
        raise DataError(f"{source}: {line[:80]!r} is not an object of column names and values")
    return row


def _text(value: Any) -> str:
    return "" if value is None else str(value)
