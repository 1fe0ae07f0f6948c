"""The distance between two data sets, from the statistics.json that Model Monitor wrote for each.

Sources: "Schema for Statistics" of SageMaker Model Monitor, and Deequ's Distance (method Robust),
which Model Monitor uses: the largest difference of the two cumulative distributions, or of the two
shares of a category, minus the expected random difference for this number of rows.
"""

import math
from collections.abc import Mapping
from typing import Any

import numpy as np

# Deequ's c(alpha) of the two-sample Kolmogorov-Smirnov test, for alpha = 0.003.
C_ALPHA = 1.8

Document = Mapping[str, Any]


def distances(baseline: Document, current: Document) -> dict[str, float]:
    """Return column -> distance, from 0 to 1; columns that cannot be compared are omitted."""
    known = {feature["name"]: feature for feature in baseline["features"]}
    found = {
        feature["name"]: _distance(known.get(feature["name"], {}), feature)
        for feature in current["features"]
    }
    return {name: distance for name, distance in found.items() if distance is not None}


def _distance(baseline: Document, current: Document) -> float | None:
    numbers = [_levels(feature) for feature in (baseline, current)]
    if all(numbers):
        return _numeric(*numbers)
    counts = [_counts(feature) for feature in (baseline, current)]
    return _categorical(*counts) if all(counts) else None


def _levels(feature: Document) -> list[list[float]]:
    """The levels of a numeric column's KLL sketch; a value of level i represents 2^i values."""
    match feature:
        case {"numerical_statistics": {"distribution": {"kll": {"sketch": {"data": levels}}}}}:
            return list(levels)
    return []


def _counts(feature: Document) -> dict[str, float]:
    """Return category -> number of rows, for a text column with few values."""
    match feature:
        case {"string_statistics": {"distribution": {"categorical": {"buckets": buckets}}}}:
            return {bucket["value"]: bucket["count"] for bucket in buckets}
    return {}


def _numeric(first: list[list[float]], second: list[list[float]]) -> float:
    points = np.unique(np.concatenate([np.asarray(level) for level in (*first, *second)]))
    (one, n), (two, m) = _shares(first, points), _shares(second, points)
    return significant(float(np.abs(one - two).max()), n, m)


def _shares(levels: list[list[float]], points: Any) -> tuple[Any, float]:
    """Return the share of a distribution at or below each point, and its number of rows."""
    below = np.zeros(len(points))
    for exponent, level in enumerate(levels):
        below += 2.0**exponent * np.searchsorted(np.sort(level), points, side="right")
    return below / below[-1], float(below[-1])


def _categorical(first: Mapping[str, float], second: Mapping[str, float]) -> float:
    n, m = sum(first.values()), sum(second.values())
    differences = [abs(first.get(key, 0) / n - second.get(key, 0) / m) for key in {*first, *second}]
    return significant(max(differences), n, m)


def significant(difference: float, n: float, m: float) -> float:
    """The difference of two distributions with n and m rows, minus the expected random one."""
    return max(0.0, difference - C_ALPHA * math.sqrt((n + m) / (n * m)))
