"""Reads Parquet of a declared schema and says exactly what is wrong in it."""

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from pipeline_code.runtime.errors import DataError
from pipeline_code.runtime.schema import FALSE_VALUES, TRUE_VALUES, Column, Schema


def read_parquet(content: bytes, schema: Schema, *, source: str) -> pa.Table:
    """Read the content of a Parquet file and turn its columns into the declared types.

    Raises DataError naming source, column and the row, counted from 1, of what is wrong first.
    """
    try:
        table = pq.ParquetFile(pa.BufferReader(content)).read()
    except pa.ArrowInvalid as err:
        raise DataError(f"{source}: not a whole Parquet file: {err}") from err
    table = table.rename_columns([name.lower() for name in table.column_names])
    present = schema.present(table.column_names, source=source)
    columns = [_typed(table[column.name], column, source=source) for column in present.columns]
    return pa.table(columns, schema=present.arrow())


def _typed(values: pa.ChunkedArray, column: Column, *, source: str) -> pa.ChunkedArray:
    logical = pa.types.is_boolean(column.type.arrow) and not pa.types.is_boolean(values.type)
    typed = _logical(values) if logical else values
    if pa.types.is_decimal(values.type) and pa.types.is_floating(column.type.arrow):
        # Arrow divides by a power of ten and misses: 4.858 would not be the 4.858 of a CSV file.
        typed = values.cast(pa.string())
    unreadable = pc.index(typed.is_null(), True).as_py()
    if unreadable < 0:
        unreadable = _first_failing(typed, column.type.arrow)
    if unreadable < 0:
        unreadable = column.type.first_undeclared(typed)
    if unreadable >= 0:
        raise DataError(
            f"{source}, row {unreadable + 1}, column {column.name}: "
            f"{values[unreadable].as_py()!r} is not {column.type.looks}"
        )
    return typed.cast(column.type.arrow)


def _logical(values: pa.ChunkedArray) -> pa.ChunkedArray:
    """Booleans of values in one of the spellings, and nulls of others."""
    text = values.cast(pa.string())
    true = pc.is_in(text, pa.array(TRUE_VALUES))
    known = pc.or_(true, pc.is_in(text, pa.array(FALSE_VALUES)))
    return pc.if_else(known, true, None)


def _first_failing(values: pa.ChunkedArray, to: pa.DataType) -> int:
    """The index of the first value that cannot become `to` without loss, or -1."""
    if _can_cast(values, to):
        return -1
    return next(index for index, value in enumerate(values) if not _can_cast(value, to))


def _can_cast(values: pa.ChunkedArray | pa.Scalar, to: pa.DataType) -> bool:
    try:
        values.cast(to)
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError):
        return False
    return True
