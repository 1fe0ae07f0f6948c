"""Measures of a profile, and of the difference between two profiles of the same columns."""

import math
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from pipeline_code.runtime.data_profile import ColumnProfile, Profile
from pipeline_code.runtime.drift import significant

Numbers = npt.NDArray[np.float64]


def mean_and_deviation(column: ColumnProfile, place: int = 0) -> tuple[float, float]:
    """The mean of a target, and the standard deviation of its means over the column's buckets.

    For the target column itself, this is the standard deviation of the target. `place` is that of
    the target among several.
    """
    counts, *totals = np.array(list(column.buckets.values()), dtype=np.float64).T
    sums = totals[place]
    mean = float(sums.sum() / counts.sum())
    return mean, math.sqrt(float(np.average((sums / counts - mean) ** 2, weights=counts)))


def distance(baseline: ColumnProfile, current: ColumnProfile) -> float:
    """The distance of two distributions, from 0 to 1, minus the expected random difference.

    For numbers it is the largest difference of the cumulative distributions, for texts the share of
    the rows that would have to change their value.
    """
    values = sorted({*baseline.buckets, *current.buckets}, key=_order(baseline))
    counts = [_counts(each, values) for each in (baseline, current)]
    n, m = (float(each.sum()) for each in counts)
    if not (n and m):
        return 1.0
    difference = counts[0] / n - counts[1] / m
    if baseline.kind == "text":
        return significant(float(np.abs(difference).sum() / 2), n, m)
    return significant(float(np.abs(np.cumsum(difference)).max()), n, m)


def unseen_share(baseline: ColumnProfile, current: ColumnProfile) -> float:
    """The share of rows with a text that the baseline does not have, or outside its range."""
    order = _order(baseline)
    least, most = (end(map(order, baseline.buckets)) for end in (min, max))

    def is_seen(value: str) -> bool:
        known = value in baseline.buckets
        return known or (baseline.kind != "text" and least <= order(value) <= most)

    rows = sum(count for count, *_ in current.buckets.values())
    seen = sum(count for value, (count, *_) in current.buckets.items() if is_seen(value))
    return 1 - seen / rows if rows else 1.0


def signal(column: ColumnProfile, target: ColumnProfile, place: int = 0) -> float:
    """The share of the target's variance that the column explains alone, from 0 to 1.

    It is epsilon squared: the squared correlation ratio, without its bias for many buckets.
    """
    rows, groups = sum(count for count, *_ in column.buckets.values()), len(column.buckets)
    _, total = mean_and_deviation(target, place)
    if groups >= rows or not total:  # every row is a group of its own, or there is no row
        return 0.0
    _, explained = mean_and_deviation(column, place)
    return max(0.0, 1 - (1 - (explained / total) ** 2) * (rows - 1) / (rows - groups))


def repeated_share(profile: Profile) -> float:
    """The share of rows with the key of an earlier row, in the sample of keys."""
    return 1 - len(profile.keys) / sum(profile.keys.values())


def _order(column: ColumnProfile) -> Callable[[str], Any]:
    return float if column.kind == "number" else str


def _counts(column: ColumnProfile, values: Sequence[str]) -> Numbers:
    return np.array([column.buckets.get(value, (0, 0))[0] for value in values], dtype=np.float64)
