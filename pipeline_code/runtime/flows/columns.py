"""Columns of record batches: the types that transforms accept, and their values as numbers."""

from collections.abc import Collection, Mapping

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

Numbers = npt.NDArray[np.float64]


def is_number(kind: pa.DataType) -> bool:
    """Whether a column has whole or floating-point numbers."""
    return bool(pa.types.is_integer(kind) or pa.types.is_floating(kind))


def is_text(kind: pa.DataType) -> bool:
    """Whether a column has texts."""
    return bool(pa.types.is_string(kind))


def is_time(kind: pa.DataType) -> bool:
    """Whether a column has dates or times."""
    return bool(pa.types.is_date(kind) or pa.types.is_timestamp(kind))


def is_feature(kind: pa.DataType) -> bool:
    """Whether a column can be a feature of a model: numbers and booleans."""
    return is_number(kind) or bool(pa.types.is_boolean(kind))


def is_value(value: object, kind: pa.DataType) -> bool:
    """Whether a column of this type can have the value."""
    try:
        return bool(pa.scalar(value, kind).as_py() == value)
    except (pa.ArrowException, TypeError, ValueError, OverflowError):
        return False


NUMBER = {"numbers": is_number}
TEXT = {"text": is_text}
TIME = {"dates and times": is_time}
CATEGORY = {
    **{"text": is_text, "whole numbers": pa.types.is_integer, "booleans": pa.types.is_boolean}
}


def _is_double(kind: pa.DataType) -> bool:
    return bool(kind.id == pa.lib.Type_DOUBLE)


def as_numbers(values: pa.Array) -> Numbers:
    """The values as doubles, of shape (rows,); null becomes NaN."""
    # A cast takes longer than the rest for the row of a request.
    numbers = values if _is_double(values.type) else values.cast(pa.float64(), safe=False)
    if numbers.null_count:
        numbers = numbers.fill_null(float("nan"))
    return np.asarray(numbers.to_numpy(zero_copy_only=False), dtype=np.float64)


def from_numbers(numbers: Numbers) -> pa.Array:
    """A column of doubles; NaN becomes null."""
    return pa.array(numbers, pa.float64(), from_pandas=True)


def without_nan(values: pa.Array) -> pa.Array:
    """The column, in which NaN becomes null, as in all columns of a flow."""
    return pc.if_else(pc.is_nan(values), None, values) if _is_double(values.type) else values


def from_matrix(matrix: Numbers) -> list[pa.Array]:
    """The columns of doubles without NaN, of shape (columns, rows), without a copy of each.

    For the row of a request, pa.array takes ten times as long.
    """
    buffer, rows = pa.py_buffer(np.ascontiguousarray(matrix)), matrix.shape[1]
    buffers, kind = [None, buffer], pa.float64()
    return [
        pa.Array.from_buffers(kind, rows, buffers, null_count=0, offset=number * rows)
        for number in range(len(matrix))
    ]


def with_columns(
    batch: pa.RecordBatch, columns: Mapping[str, pa.Array], *, without: Collection[str] = ()
) -> pa.RecordBatch:
    """The rows with these columns: in the place of a column of the same name, or at the end."""
    merged = dict(zip(batch.schema.names, batch.columns, strict=True))
    for name in without:
        del merged[name]
    merged.update(columns)
    return pa.RecordBatch.from_arrays(list(merged.values()), names=list(merged))


def with_fields(
    schema: pa.Schema, columns: Mapping[str, pa.DataType], *, without: Collection[str] = ()
) -> pa.Schema:
    """The schema of `with_columns`."""
    merged = {name: schema.field(name).type for name in schema.names if name not in without}
    merged.update(columns)
    return pa.schema(list(merged.items()))
