"""The summary of each column: missing, distinct and frequent values, quantiles, histogram."""

import math
from typing import Any

import numpy as np
import pyarrow as pa

from pipeline_code.runtime.sketches.column_sketch import ColumnSketch
from pipeline_code.runtime.sketches.table_sketch import TableSketch

SHARES = (0.01, 0.05, 0.25, 0.5, 0.75, 0.95, 0.99)
BARS, MOST_FREQUENT = 24, 10


def column_summaries(sketch: TableSketch) -> list[dict[str, Any]]:
    """Return the summary of each column, in the order of the table."""
    types = sketch.sample.rows.schema
    return [
        _summary(name, column, types.field(name).type, sketch.rows)
        for name, column in sketch.columns.items()
    ]


def _summary(name: str, column: ColumnSketch, given: pa.DataType, rows: int) -> dict[str, Any]:
    return {
        "name": name,
        "kind": column.kind,
        "is_whole": pa.types.is_integer(given),
        "rows": column.count,
        "missing_share": column.nulls / rows if rows else 0.0,
        "distinct": column.distinct.estimate,
        "distinct_is_exact": column.distinct.is_exact,
        "repeated_share": column.distinct.repeated_share,
        "frequent": [
            {"value": value, "rows": count}
            for value, count in column.frequent.most_frequent(MOST_FREQUENT).items()
        ],
        # By how much the numbers of rows may be too small.
        "frequent_error": column.frequent.error,
        **(_numbers(column) if column.moments.count else {}),
    }


def _numbers(column: ColumnSketch) -> dict[str, Any]:
    moments, quantile = column.moments, column.quantiles.quantile
    return {
        "mean": _finite(moments.mean),
        "deviation": _finite(moments.deviation),
        "sum": _finite(moments.sum),
        "min": moments.least,
        "max": moments.most,
        # The largest relative error of a quantile.
        "quantile_error": column.quantiles.error,
        "quantiles": {str(share): quantile(share) for share in SHARES},
        "histogram": _histogram(column),
    }


def _histogram(column: ColumnSketch) -> dict[str, Any]:
    """Equal ranges from the first to the last percentile; the outer ones contain the rest.

    So a few extreme values do not hide the distribution of all others.
    """
    low, high = (column.quantiles.quantile(share) for share in (0.01, 0.99))
    parts = np.linspace(0, 1, BARS + 1)
    # The difference of two large numbers may not be a double.
    edges = low * (1 - parts) + high * parts if high > low else np.array([low, low])
    below = np.concatenate([[0.0], column.quantiles.shares(edges[1:-1]), [1.0]])
    rows = np.diff(below) * column.moments.count
    return {"edges": edges.tolist(), "rows": [round(each) for each in rows.tolist()]}


def _finite(value: float) -> float | None:
    return value if math.isfinite(value) else None
