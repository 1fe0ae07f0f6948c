"""Casts columns of a file to the declared types; an error names row and column."""

import pyarrow as pa
import pyarrow.compute as pc

from pipeline_code.runtime.job_errors import DataError
from pipeline_code.runtime.schema import FALSE_VALUES, TRUE_VALUES, Column, Schema
from pipeline_code.runtime.timestamps import in_utc


def with_lower_names(table: pa.Table, *, source: str) -> pa.Table:
    """The table with the names of its columns in lower case. Raises DataError for the same name."""
    names = [name.lower() for name in table.column_names]
    if same := [name for name in table.column_names if names.count(name.lower()) > 1]:
        raise DataError(
            f"{source} has the columns {', '.join(same)}, whose names are the same in lower case: "
            "rename one of them"
        )
    return table.rename_columns(names)


def typed_table(table: pa.Table, schema: Schema, *, source: str, first_row: int = 1) -> pa.Table:
    """The columns of the schema in their types and order.

    `first_row` is the number of the first row in its source. Raises DataError for the first value
    that a column does not allow.
    """
    columns = [
        _typed(table[column.name], column, source=source, first_row=first_row)
        for column in schema.columns
    ]
    return pa.table(columns, schema=schema.arrow())


def _typed(
    values: pa.ChunkedArray, column: Column, *, source: str, first_row: int
) -> pa.ChunkedArray:
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
            f"{source}, row {unreadable + first_row}, column {column.name}: "
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
