"""How two tables differ: changed shares, unseen values, other columns, and rows of both.

The sketches are compared as Model Monitor's statistics, by the measures of `drift_measures`.
"""

from collections.abc import Mapping
from typing import Any

import numpy as np

from pipeline_code.runtime.drift import distances
from pipeline_code.runtime.drift_measures import Baseline, Limits
from pipeline_code.runtime.monitor_statistics import levels_of
from pipeline_code.runtime.sketches.column_sketch import ColumnSketch
from pipeline_code.runtime.sketches.table_sketch import TableSketch


def shift_between(first: TableSketch, second: TableSketch) -> dict[str, Any]:
    """Return the differences of `second` from `first`, column by column, and the findings."""
    bits = {
        name: max(column.quantiles.dropped_bits, second.columns[name].quantiles.dropped_bits)
        for name, column in first.columns.items()
        if name in second.columns
    }
    baseline, current = statistics_of(first, bits), statistics_of(second, bits)
    compared = Baseline(baseline).compare(current, Limits())
    robust = distances(baseline, current)
    columns = [
        {
            "name": name,
            "distance": robust.get(name),
            "changed_share": compared.changed_share.get(name),
            "unseen_share": compared.unseen_share.get(name),
        }
        for name in bits
    ]
    return {
        "rows": second.rows,
        "columns": columns,
        "other_kinds": [
            {"column": name, "first": column.kind, "second": second.columns[name].kind}
            for name, column in first.columns.items()
            if name in second.columns and _has_other_kind(column, second.columns[name])
        ],
        "empty_columns": [
            name
            for name, column in first.columns.items()
            if column.count and name in second.columns and not second.columns[name].count
        ],
        "missing_columns": [name for name in first.columns if name not in second.columns],
        "further_columns": [name for name in second.columns if name not in first.columns],
        "repeated_rows_share": _repeated(first, second),
        "changes": [
            {"column": each.column, "measure": each.measure, "value": each.value,
             "limit": each.limit, "where": each.where}
            for each in compared.findings
        ],
    }  # fmt: skip


def statistics_of(sketch: TableSketch, dropped_bits: Mapping[str, int]) -> dict[str, Any]:
    """The sketches as the document statistics.json of Model Monitor.

    Two tables are compared with equally rounded numbers: `dropped_bits` of the numbers by column.
    """
    features = [
        _feature(name, column, dropped_bits.get(name, 0))
        for name, column in sketch.columns.items()
        if column.count
    ]
    return {"version": 0.0, "dataset": {"item_count": sketch.rows}, "features": features}


def _feature(name: str, column: ColumnSketch, dropped_bits: int) -> dict[str, Any]:
    if column.kind == "text":
        # Shares of categories can only be compared if all are known.
        counts = column.frequent.counts if column.frequent.is_exact else {}
        buckets = [{"value": value, "count": count} for value, count in counts.items()]
        distribution = {"categorical": {"buckets": buckets}}
        return {"name": name, "string_statistics": {"distribution": distribution}}
    values, rows = column.quantiles.rounded(dropped_bits).values()
    return {
        "name": name,
        "numerical_statistics": {
            # Rounded like all values, so that equal values of two tables stay equal.
            "min": float(values[0]),
            "max": float(values[-1]),
            "distribution": {"kll": {"sketch": {"data": levels_of(values, rows)}}},
        },
    }


def _has_other_kind(first: ColumnSketch, second: ColumnSketch) -> bool:
    return bool(first.count and second.count and first.kind != second.kind)


def _repeated(first: TableSketch, second: TableSketch) -> float | None:
    """The share of the different rows of `second` that `first` has, too, by their hashes."""
    if first.columns.keys() != second.columns.keys():
        return None
    known, hashes = first.distinct.hashes, second.distinct.hashes
    if not first.distinct.is_exact:
        hashes = hashes[hashes <= known[-1]]
    return float(np.isin(hashes, known).mean()) if len(hashes) else None
