"""The distance between two data sets, from the statistics.json that Model Monitor wrote for each.

Sources: "Schema for Statistics" of SageMaker Model Monitor, and Deequ's Distance (method Robust),
which Model Monitor uses: the largest difference of the two cumulative distributions, or of the two
shares of a category, minus the expected random difference for this number of rows.
"""

import math
from collections.abc import Mapping

import numpy as np

from pipeline_code.runtime.monitor_statistics import Document, counts, levels, weighted

# Deequ's c(alpha) of the two-sample Kolmogorov-Smirnov test, for alpha = 0.003.
C_ALPHA = 1.8


def distances(baseline: Document, current: Document) -> dict[str, float]:
    """Return column -> distance, from 0 to 1; columns that cannot be compared are omitted."""
    known = {feature["name"]: feature for feature in baseline["features"]}
    found = {
        feature["name"]: _distance(known.get(feature["name"], {}), feature)
        for feature in current["features"]
    }
    return {name: distance for name, distance in found.items() if distance is not None}


def _distance(baseline: Document, current: Document) -> float | None:
    numbers = [levels(feature) for feature in (baseline, current)]
    if all(numbers):
        return _numeric(*numbers)
    shares = [counts(feature) for feature in (baseline, current)]
    return _categorical(*shares) if all(shares) else None


def _numeric(first: list[list[float]], second: list[list[float]]) -> float:
    sketches = [weighted(sketch) for sketch in (first, second)]
    points = np.concatenate([values for values, _ in sketches])
    one, two = (
        below[np.searchsorted(values, points, side="right")] / below[-1]
        for values, below in sketches
    )
    n, m = (float(below[-1]) for _, below in sketches)
    return significant(float(np.abs(one - two).max()), n, m)


def _categorical(first: Mapping[str, float], second: Mapping[str, float]) -> float:
    n, m = sum(first.values()), sum(second.values())
    differences = [abs(first.get(key, 0) / n - second.get(key, 0) / m) for key in {*first, *second}]
    return significant(max(differences), n, m)


def significant(difference: float, n: float, m: float) -> float:
    """The difference of two distributions with n and m rows, minus the expected random one."""
    return max(0.0, difference - C_ALPHA * math.sqrt((n + m) / (n * m)))
