"""Reads the lines of text files: OpenCSVSerde, LazySimpleSerDe and the two JSON SerDes."""

from __future__ import annotations

import csv
import io
import json
import re
from decimal import Decimal
from typing import Any

from local_cloud.lake_tables.errors import UnreadableTable, UnsupportedTable
from local_cloud.lake_tables.glue_tables import DELIMITED, OPEN_CSV, GlueTable

Record = list[str | None]
# Source: "Lazy Simple SerDe for CSV, TSV, and custom-delimited files"; Hive's null is \N.
_CONTROL_A, _NULL = "\x01", "\\N"
# Hadoop's LineReader ends a line here, str.splitlines() at other signs too.
_LINE_END = re.compile(r"\r\n|\n|\r")


def records(uri: str, content: bytes, table: GlueTable) -> list[Record]:
    """Return one record per line, with one text per column. A missing value is None."""
    try:
        text = content.decode()
    except UnicodeDecodeError as error:
        raise UnreadableTable(f"{uri} is not UTF-8: {error}") from error
    lines = lines_of(text)
    del lines[: table.header_lines]
    if table.serde == OPEN_CSV:
        found = _open_csv(uri, lines, table)
    elif table.serde == DELIMITED:
        found = _delimited(lines, table)
    else:
        found = [_json(uri, line, table) for line in lines if line.strip()]
    width = len(table.columns)
    return [record[:width] + [None] * (width - len(record)) for record in found]


def lines_of(text: str) -> list[str]:
    """Return the lines of a file, as Hadoop splits them."""
    lines = _LINE_END.split(text)
    if not lines[-1]:
        lines.pop()
    return lines


def _open_csv(uri: str, lines: list[str], table: GlueTable) -> list[Record]:
    reader = csv.reader(
        io.StringIO("\n".join(lines)),
        delimiter=table.settings.get("separatorChar", ","),
        quotechar=table.settings.get("quoteChar", '"'),
        escapechar=table.settings.get("escapeChar", "\\"),
    )
    try:
        found: list[Record] = [list(record) for record in reader]
    except csv.Error as error:
        raise UnsupportedTable(f"{uri}: {error}") from error
    if len(found) != len(lines):
        raise UnsupportedTable(
            f"{uri}: a line break inside quotes, where OpenCSVSerde ends the row"
        )
    return found


def _delimited(lines: list[str], table: GlueTable) -> list[Record]:
    separator = separator_of(table)
    return [[None if text == _NULL else text for text in line.split(separator)] for line in lines]


def separator_of(table: GlueTable) -> str:
    """Return the separator of the fields of LazySimpleSerDe."""
    given = table.settings.get("serialization.format", _CONTROL_A)
    return table.settings.get("field.delim", _CONTROL_A if given == "1" else given)


def _json(uri: str, line: str, table: GlueTable) -> Record:
    try:
        document: dict[str, Any] = json.loads(line, parse_float=Decimal)
        values = {name.lower(): value for name, value in document.items()}
    except (ValueError, AttributeError) as error:
        raise UnreadableTable(f"{uri} has a line that is not a JSON object: {line[:80]}") from error
    return [_text(values.get(column.name)) for column in table.columns]


def _text(value: Any) -> str | None:
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, Decimal):
        return str(value)
    return json.dumps(value, default=float)
