"""Computes statistics.json. Source: "Schema for Statistics" of SageMaker Model Monitor."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from .columns import Column
from .distance import C, K, sketch_levels

BUCKETS = 10


def statistics_of(columns: Sequence[Column], *, rows: int) -> dict[str, Any]:
    """Return statistics.json for all columns of a dataset of `rows` rows."""
    return {
        "version": 0.0,
        "dataset": {"item_count": rows},
        "features": [_feature(column) for column in columns],
    }


def _feature(column: Column) -> dict[str, Any]:
    kind = "numerical_statistics" if column.is_numeric else "string_statistics"
    figures = _numeric(column) if column.is_numeric else _text(column)
    common = {"num_present": len(column.present), "num_missing": column.missing}
    return {
        "name": column.name,
        "inferred_type": column.inferred_type,
        kind: {"common": common, **figures},
    }


def _numeric(column: Column) -> dict[str, Any]:
    numbers = column.numbers
    sketch = {"parameters": {"c": C, "k": float(K)}, "data": sketch_levels(numbers)}
    return {
        "mean": float(numbers.mean()),
        "sum": float(numbers.sum()),
        "std_dev": float(numbers.std()),
        "min": float(numbers.min()),
        "max": float(numbers.max()),
        "distribution": {"kll": {"buckets": _buckets(numbers), "sketch": sketch}},
    }


def _buckets(numbers: Any) -> list[dict[str, float]]:
    """Return ten buckets of equal width between minimum and maximum, or one if these are equal."""
    low, high = float(numbers.min()), float(numbers.max())
    edges = np.linspace(low, high, BUCKETS + 1) if high > low else np.array([low, high])
    counts = np.histogram(numbers, edges)[0] if high > low else [len(numbers)]
    return [
        {"lower_bound": float(lower), "upper_bound": float(upper), "count": float(count)}
        for lower, upper, count in zip(edges[:-1], edges[1:], counts, strict=True)
    ]


def _text(column: Column) -> dict[str, Any]:
    buckets = [{"value": value, "count": count} for value, count in column.categories.items()]
    shown = {"distribution": {"categorical": {"buckets": buckets}}} if buckets else {}
    return {"distinct_count": float(column.distinct), **shown}
