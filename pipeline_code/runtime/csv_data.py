"""Reads CSV with a declared schema, with or without header; an error names line and column."""

import codecs
import csv
import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import IO

import pyarrow as pa
from pyarrow import csv as arrow_csv

from pipeline_code.runtime.arrow_memory import arrow_file
from pipeline_code.runtime.csv_blocks import blocks
from pipeline_code.runtime.job_errors import DataError
from pipeline_code.runtime.schema import FALSE_VALUES, TRUE_VALUES, Column, Schema
from pipeline_code.runtime.timestamps import in_utc


@dataclass(frozen=True)
class _Layout:
    """The names of a file's fields in order, and whether its first record is a header."""

    schema: Schema
    names: list[str]
    header: bool


@dataclass(frozen=True)
class _Block:
    """A part of a file that consists of whole records, and the number of lines before it."""

    content: bytes
    source: str
    lines_before: int


def read_csv(content: bytes, schema: Schema, *, source: str) -> pa.Table:
    """Read the content of a CSV file (UTF-8, comma, double quotes as UNLOAD writes them).

    The header is optional and defines the order of the columns. A file without lines has no rows.
    Raises DataError, which names source, line and column of the first error.
    """
    return pa.concat_tables(csv_tables(io.BytesIO(content), schema, source=source))


def csv_tables(
    file: IO[bytes], schema: Schema, *, source: str, columns: Sequence[str] | None = None
) -> Iterator[pa.Table]:
    """Yield the rows of a CSV file in blocks, like `read_csv`; with `columns`, only these."""
    layout: _Layout | None = None
    line = 0
    for number, content in enumerate(blocks(file, source=source)):
        block = _Block(content if number else content.removeprefix(codecs.BOM_UTF8), source, line)
        _refuse_nul(block)
        if layout is None:
            layout = _found_layout(block, schema)
        if layout is not None:
            yield _read_block(block, layout, columns)
            layout = replace(layout, header=False)
        line += content.count(b"\n")
    if layout is None:
        names = schema.required if columns is None else columns
        yield schema.select(names).arrow().empty_table()


def _found_layout(block: _Block, schema: Schema) -> _Layout | None:
    """The layout of a block's first record, or None without records."""
    first = next(_records(block), None)
    return first and _layout(first[1], schema, source=f"{block.source}, line {first[0]}")


def _read_block(block: _Block, layout: _Layout, columns: Sequence[str] | None) -> pa.Table:
    schema = layout.schema if columns is None else layout.schema.select(columns)
    try:
        table = _typed(_parse(block.content, layout, schema), schema)
    except pa.ArrowInvalid as err:
        _explain(block, layout)
        raise DataError(f"{block.source}: {err}") from err
    if not schema.declares(table):
        _explain(block, layout)
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


def _parse(content: bytes, layout: _Layout, schema: Schema) -> pa.Table:
    columns = layout.schema.columns
    # A blank line is a row only if it can be the missing value of the only column.
    blank_is_row = len(columns) == 1 and columns[0].nullable
    return arrow_csv.read_csv(
        arrow_file(content),
        read_options=arrow_csv.ReadOptions(
            column_names=layout.names, skip_rows_after_names=1 if layout.header else 0
        ),
        convert_options=arrow_csv.ConvertOptions(
            column_types={column.name: _read_type(column) for column in columns},
            include_columns=schema.names,
            # If the column is not nullable, `declares` finds the null.
            null_values=[""],
            true_values=TRUE_VALUES,
            false_values=FALSE_VALUES,
        ),
        parse_options=arrow_csv.ParseOptions(
            newlines_in_values=True, ignore_empty_lines=not blank_is_row
        ),
    )


def _read_type(column: Column) -> pa.DataType:
    """The type that Arrow reads; it reads times either all with or all without a zone."""
    arrow = column.type.arrow
    return pa.string() if pa.types.is_timestamp(arrow) else arrow


def _typed(table: pa.Table, schema: Schema) -> pa.Table:
    """Return the table with the columns of the schema, in their types and order."""
    columns = []
    for column in schema.columns:
        values = column.without_empty_texts(table[column.name])
        is_time = pa.types.is_timestamp(column.type.arrow)
        columns.append(in_utc(values) if is_time else values)
    return pa.table(columns, schema=schema.arrow())


def _explain(block: _Block, layout: _Layout) -> None:
    """Read the content again, record by record, and raise DataError for the first error."""
    _refuse_other_encoding(block)
    source = block.source
    columns = {column.name: column for column in layout.schema.columns}
    records = _records(block)
    if layout.header:
        next(records)
    for line, fields in records:
        if len(fields) != len(layout.names):
            raise DataError(
                f"{source}, line {line}: {len(fields)} fields, must be {len(layout.names)}: "
                f"{', '.join(layout.names)}"
            )
        for name, text in zip(layout.names, fields, strict=True):
            if not columns[name].reads(text):
                raise DataError(
                    f"{source}, line {line}, column {name}: {text[:80]!r} is not "
                    f"{columns[name].looks}"
                )


def _refuse_nul(block: _Block) -> None:
    """Raise DataError for a NUL, which occurs in UTF-16 and UTF-32 but not in UTF-8."""
    at = block.content.find(b"\0")
    if at >= 0:
        raise DataError(
            f"{block.source}, line {_line(block, at)}: a NUL byte: must be text in UTF-8, not "
            "UTF-16"
        )


def _refuse_other_encoding(block: _Block) -> None:
    try:
        block.content.decode()
    except UnicodeDecodeError as err:
        line, byte = _line(block, err.start), block.content[err.start]
        raise DataError(
            f"{block.source}, line {line}: the byte {byte:#04x} is not a character: must be text "
            "in UTF-8"
        ) from err


def _line(block: _Block, position: int) -> int:
    return block.lines_before + block.content.count(b"\n", 0, position) + 1


def _records(block: _Block) -> Iterator[tuple[int, list[str]]]:
    """Yield the last line number (from 1) and the fields of each record that is not blank."""
    content = io.BytesIO(block.content)
    lines = io.TextIOWrapper(content, encoding="utf-8", errors="replace", newline="")
    reader = csv.reader(lines)
    try:
        for fields in reader:
            if fields:
                yield block.lines_before + reader.line_num, fields
    except csv.Error as err:
        line = block.lines_before + reader.line_num
        raise DataError(
            f"{block.source}, line {line}: {err}: is a quote before it not closed?"
        ) from err
