"""Points of a sample, for scatter plots of the columns that tell most about the target."""

from itertools import combinations
from typing import Any

import numpy as np
import pyarrow as pa

from pipeline_code.runtime.data_analysis.target import Target
from pipeline_code.runtime.sketches.column_sketch import kind_of, numbers_of
from pipeline_code.runtime.sketches.table_sketch import TableSketch

MOST_POINTS, MOST_PLOTS = 400, 6
# The number of columns whose pairs are as many as `MOST_PLOTS`.
_PAIRED = 4


def scatter_plots(
    sketch: TableSketch, target: Target | None, document: dict[str, Any]
) -> list[dict[str, Any]]:
    """Return plots {x, y, points, marked, marked_class}.

    They are of each column and a numeric target, or of two columns. `marked` are the points of
    `marked_class`, the rarer one of two classes of the sample.
    """
    rows = (target.rows if target else sketch.sample.rows).slice(0, MOST_POINTS)
    marked = _marked(target, rows.num_rows)
    marked_class = target.classes[0] if target and len(target.classes) == 1 else None
    return [
        _plot(rows, *pair, marked) | {"marked_class": marked_class}
        for pair in _pairs(rows, target, document)[:MOST_PLOTS]
    ]


def _pairs(
    rows: pa.Table, target: Target | None, document: dict[str, Any]
) -> list[tuple[str, str]]:
    """Pairs (x, y) of columns of numbers, the most interesting first. Only x may be a date."""
    kinds = {field.name: kind_of(field.type) for field in rows.schema}
    powers = document["predictive_power"]
    names = [name for name in sorted(kinds, key=lambda name: -powers.get(name, 0.0))
             if kinds[name] != "text" and (target is None or name != target.name)]  # fmt: skip
    if target is None:
        pairs = [(pair["a"], pair["b"]) for pair in document["correlations"]["pearson"]]
    elif target.kind == "number":
        pairs = [(name, target.name) for name in names]
    else:
        pairs = list(combinations(names[:_PAIRED], 2))
    ordered = (sorted(pair, key=lambda name: kinds[name] != "date") for pair in pairs)
    return [(x, y) for x, y in ordered if kinds[y] == "number"]


def _marked(target: Target | None, count: int) -> Any:
    if target is None or len(target.classes) != 1:
        return np.zeros(count, dtype=bool)
    return target.outcomes[:count, 0] > 0


def _plot(rows: pa.Table, x: str, y: str, marked: Any) -> dict[str, Any]:
    points = np.column_stack([numbers_of(rows[x]), numbers_of(rows[y])])
    known = ~np.isnan(points).any(axis=1)
    return {
        "x": x,
        "y": y,
        "points": [[float(f"{value:.6g}") for value in point] for point in points[known].tolist()],
        "marked": np.flatnonzero(marked[known]).tolist(),
    }
