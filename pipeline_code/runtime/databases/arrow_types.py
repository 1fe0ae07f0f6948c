"""The Arrow types of the columns of a result, and the conversion of its rows."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

import pyarrow as pa

from pipeline_code.runtime.databases.connector import Kind, ResultColumn
from pipeline_code.runtime.job_errors import DataError

MOST_DIGITS = 38  # of a decimal128
_TYPES: Mapping[Kind, pa.DataType] = {
    "boolean": pa.bool_(),
    "integer": pa.int64(),
    "float": pa.float64(),
    "text": pa.string(),
    "date": pa.date32(),
    "timestamp": pa.timestamp("us"),
    "timestamp with zone": pa.timestamp("us", "UTC"),
}
_ERRORS = (pa.ArrowException, OverflowError, TypeError, ValueError)


def arrow_schema(columns: Sequence[ResultColumn]) -> pa.Schema:
    """Return the schema of the files with these columns.

    Raises DataError if there are no columns, or for a column whose type has no counterpart or whose
    name is not unique. Readers do not distinguish upper and lower case.
    """
    if not columns:
        raise DataError("the query returns no columns: name at least one after SELECT")
    repeated = [
        name for name, times in Counter(each.name.lower() for each in columns).items() if times > 1
    ]
    if repeated:
        raise DataError(
            f"the query returns several columns {', '.join(repeated)}: give each column a name of "
            "its own with AS"
        )
    return pa.schema([(each.name, _arrow_type(each)) for each in columns])


def _arrow_type(column: ResultColumn) -> pa.DataType:
    if column.kind is None:
        raise DataError(
            f"the column {column.name} has the type {column.type}: allowed are "
            f"{', '.join(_TYPES)} and decimal; leave it out of the query, or cast it there, for "
            "example to text"
        )
    if column.kind != "decimal":
        return _TYPES[column.kind]
    precision, scale = column.precision, column.scale
    if precision is None or scale is None or not 0 <= scale <= precision <= MOST_DIGITS:
        raise DataError(
            f"the column {column.name} has the type {column.type}: allowed are decimals with at "
            f"most {MOST_DIGITS} digits and a fixed number of decimal places; cast it in the "
            "query, for example to numeric(18, 4) or double precision"
        )
    return pa.decimal128(precision, scale)


def record_batch(
    rows: Sequence[Sequence[Any]], schema: pa.Schema, *, first_row: int
) -> pa.RecordBatch:
    """Convert rows to the types of the schema. Raises DataError for the first value that fails.

    `first_row` is the number of the first of the rows in the result, from 1.
    """
    columns = [
        _array(values, field, first_row=first_row)
        for values, field in zip(zip(*rows, strict=True), schema, strict=True)
    ]
    return pa.record_batch(columns, schema=schema)


def _array(values: Sequence[Any], field: pa.Field, *, first_row: int) -> pa.Array:
    try:
        return pa.array(values, type=field.type)
    except _ERRORS:
        for number, value in enumerate(values, start=first_row):
            try:
                pa.array([value], type=field.type)
            except _ERRORS as error:
                raise DataError(
                    f"row {number} of the query, column {field.name}: {str(value)[:80]!r} is not a "
                    f"value of {field.type}: {error}; leave such rows out of the query, or cast "
                    "the column there"
                ) from error
        raise
