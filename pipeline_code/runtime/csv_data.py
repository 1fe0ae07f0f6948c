"""Reads CSV with a declared schema, with or without header; an error names line and column."""

import codecs
import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass

import pyarrow as pa
from pyarrow import csv as arrow_csv

from pipeline_code.runtime.job_errors import DataError
from pipeline_code.runtime.schema import FALSE_VALUES, TRUE_VALUES, Schema


@dataclass(frozen=True)
class _Layout:
    """The names of a file's fields in order, and whether its first record is a header."""

    schema: Schema
    names: list[str]
    header: bool


def read_csv(content: bytes, schema: Schema, *, source: str) -> pa.Table:
    """Read the content of a CSV file (UTF-8, comma, double quotes as UNLOAD writes them).

    The header is optional and defines the order of the columns. A file without lines has no rows.
    Raises DataError, which names source, line and column of the first error.
    """
    content = content.removeprefix(codecs.BOM_UTF8)
    _refuse_nul(content, source=source)
    first = next(_records(content, source=source), None)
    if first is None:
        return schema.select(schema.required).arrow().empty_table()
    layout = _layout(first[1], schema, source=f"{source}, line {first[0]}")
    try:
        table = _parse(content, layout).select(layout.schema.names)
    except pa.ArrowInvalid as err:
        _explain(content, layout, source=source)
        raise DataError(f"{source}: {err}") from err
    if not layout.schema.declares(table):
        _explain(content, layout, source=source)
    return table


def _layout(first: list[str], schema: Schema, *, source: str) -> _Layout:
    if schema.is_header(first):
        names = [field.strip().lower() for field in first]
        return _Layout(schema.present(names, source=source), names, header=True)
    if not len(schema.required) <= len(first) <= len(schema.names):
        raise DataError(
            f"{source}: {len(first)} fields without a header, must be the columns "
            f"{', '.join(schema.names)} in this order"
        )
    names = schema.names[: len(first)]
    return _Layout(schema.select(names), names, header=False)


def _parse(content: bytes, layout: _Layout) -> pa.Table:
    return arrow_csv.read_csv(
        pa.BufferReader(content),
        read_options=arrow_csv.ReadOptions(
            column_names=layout.names, skip_rows_after_names=1 if layout.header else 0
        ),
        # An empty value must be an error and not become null.
        convert_options=arrow_csv.ConvertOptions(
            column_types=layout.schema.arrow(),
            null_values=[],
            true_values=TRUE_VALUES,
            false_values=FALSE_VALUES,
        ),
        parse_options=arrow_csv.ParseOptions(newlines_in_values=True),
    )


def _explain(content: bytes, layout: _Layout, *, source: str) -> None:
    """Read the content again, record by record, and raise DataError for the first error."""
    _refuse_other_encoding(content, source=source)
    types = {column.name: column.type for column in layout.schema.columns}
    records = _records(content, source=source)
    if layout.header:
        next(records)
    for line, fields in records:
        if len(fields) != len(layout.names):
            raise DataError(
                f"{source}, line {line}: {len(fields)} fields, must be {len(layout.names)}: "
                f"{', '.join(layout.names)}"
            )
        for name, text in zip(layout.names, fields, strict=True):
            if not types[name].reads(text):
                raise DataError(
                    f"{source}, line {line}, column {name}: {text[:80]!r} is not "
                    f"{types[name].looks}"
                )


def _refuse_nul(content: bytes, *, source: str) -> None:
    """Raise DataError for a NUL, which occurs in UTF-16 and UTF-32 but not in UTF-8."""
    at = content.find(b"\0")
    if at >= 0:
        raise DataError(
            f"{source}, line {_line(content, at)}: a NUL byte: must be text in UTF-8, not UTF-16"
        )


def _refuse_other_encoding(content: bytes, *, source: str) -> None:
    try:
        content.decode()
    except UnicodeDecodeError as err:
        line, byte = _line(content, err.start), content[err.start]
        raise DataError(
            f"{source}, line {line}: the byte {byte:#04x} is not a character: must be text in UTF-8"
        ) from err


def _line(content: bytes, position: int) -> int:
    return content.count(b"\n", 0, position) + 1


def _records(content: bytes, *, source: str) -> Iterator[tuple[int, list[str]]]:
    """Yield the last line number (from 1) and the fields of each record that is not blank."""
    lines = io.TextIOWrapper(io.BytesIO(content), encoding="utf-8", errors="replace", newline="")
    reader = csv.reader(lines)
    try:
        for fields in reader:
            if fields:
                yield reader.line_num, fields
    except csv.Error as err:
        raise DataError(
            f"{source}, line {reader.line_num}: {err}: is a quote before it not closed?"
        ) from err
