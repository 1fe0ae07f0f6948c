"""Reads Parquet with a declared schema; an error names row and column."""

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from pipeline_code.runtime.job_errors import DataError
from pipeline_code.runtime.schema import FALSE_VALUES, TRUE_VALUES, Column, Schema
from pipeline_code.runtime.timestamps import in_utc

# 4 GiB of numbers, more than an instance of a job has memory.
MOST_VALUES = 2**29


def read_parquet(content: bytes, schema: Schema, *, source: str) -> pa.Table:
    """Read the content of a Parquet file and cast its columns to the declared types.

    Raises DataError, which names source, column and row (from 1) of the first error.
    """
    try:
        file = pq.ParquetFile(pa.BufferReader(content), page_checksum_verification=True)
        _refuse_too_large(file.metadata, source=source)
        table = file.read()
        table.validate(full=True)
        table = table.rename_columns([name.lower() for name in table.column_names])
    # Arrow's errors for a damaged file; Arrow raises OSError for data that cannot be decoded.
    except (pa.ArrowException, OSError, UnicodeDecodeError) as err:
        raise DataError(f"{source}: not a whole Parquet file: {err}") from err
    present = schema.present(table.column_names, source=source)
    columns = [_typed(table[column.name], column, source=source) for column in present.columns]
    return pa.table(columns, schema=present.arrow())


def _refuse_too_large(metadata: pq.FileMetaData, *, source: str) -> None:
    """Raise DataError for too many values. The file may be small: repeated values need no space."""
    if metadata.num_rows * metadata.num_columns > MOST_VALUES:
        raise DataError(
            f"{source}: {metadata.num_rows} rows of {metadata.num_columns} columns, at most "
            f"{MOST_VALUES} values: write smaller files"
        )


def _typed(values: pa.ChunkedArray, column: Column, *, source: str) -> pa.ChunkedArray:
    logical = pa.types.is_boolean(column.type.arrow) and not pa.types.is_boolean(values.type)
    if not _is_compatible(values.type, column.type.arrow):
        raise DataError(
            f"{source}, column {column.name}: of type {str(values.type)[:80]}, must be "
            f"{column.looks}"
        )
    values = column.without_empty_texts(_decoded(values))
    typed = _logical(values) if logical else values
    if pa.types.is_decimal(values.type) and pa.types.is_floating(column.type.arrow):
        # Arrow divides by a power of ten, so 4.858 would differ from 4.858 in a CSV file.
        typed = values.cast(pa.string())
    missing = pc.xor(typed.is_null(), values.is_null()) if column.nullable else typed.is_null()
    unreadable = pc.index(missing, True).as_py()
    if unreadable < 0:
        unreadable = _first_failing(typed, column.type.arrow)
    if unreadable < 0:
        unreadable = column.type.first_undeclared(typed)
    if unreadable >= 0:
        raise DataError(
            f"{source}, row {unreadable + 1}, column {column.name}: "
            f"{_shown(values[unreadable])} is not {column.looks}"
        )
    return _cast(typed, column.type.arrow)


def _is_compatible(given: pa.DataType, declared: pa.DataType) -> bool:
    """Whether a cast between the types is allowed (Arrow also casts times to numbers)."""
    kind = given.value_type if pa.types.is_dictionary(given) else given
    if pa.types.is_nested(kind):
        return False
    if pa.types.is_temporal(kind) or pa.types.is_temporal(declared):
        is_day = pa.types.is_date(kind) or pa.types.is_timestamp(kind) or _is_text(kind)
        return is_day and bool(pa.types.is_temporal(declared))
    return bool(pa.types.is_boolean(declared)) or not pa.types.is_boolean(kind)


def _is_text(kind: pa.DataType) -> bool:
    return bool(pa.types.is_string(kind) or pa.types.is_large_string(kind))


def _shown(value: pa.Scalar) -> str:
    text = value.as_py()
    return repr(text[:80] if isinstance(text, str | bytes) else text)


def _logical(values: pa.ChunkedArray) -> pa.ChunkedArray:
    """Convert valid texts of booleans to booleans, and other values to null."""
    text = values.cast(pa.string())
    true = pc.is_in(text, pa.array(TRUE_VALUES))
    known = pc.or_(true, pc.is_in(text, pa.array(FALSE_VALUES)))
    return pc.if_else(known, true, None)


def _first_failing(values: pa.ChunkedArray, to: pa.DataType) -> int:
    """Return the index of the first value that cannot be cast to `to` without loss, or -1."""
    if _can_cast(values, to):
        return -1
    first, last = 0, len(values) - 1
    while first < last:
        middle = (first + last) // 2
        if _can_cast(values[first : middle + 1], to):
            first = middle + 1
        else:
            last = middle
    return first


def _decoded(values: pa.ChunkedArray) -> pa.ChunkedArray:
    return values.cast(values.type.value_type) if pa.types.is_dictionary(values.type) else values


def _cast(values: pa.ChunkedArray, to: pa.DataType) -> pa.ChunkedArray:
    if pa.types.is_timestamp(to) and _is_text(values.type):
        return in_utc(values.cast(pa.string()))
    return values.cast(to)


def _can_cast(values: pa.ChunkedArray, to: pa.DataType) -> bool:
    try:
        _cast(values, to)
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError):
        return False
    return True
