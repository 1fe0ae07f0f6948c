"""The distance between two distributions: 0 if they are equal, at most 1.

Source: Deequ, com.amazon.deequ.analyzers.Distance, numericalDistance and categoricalDistance.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

# Deequ's c(alpha) for alpha = 0.003 of the two-sample Kolmogorov-Smirnov test.
C_ALPHA = 1.8
# The parameters of the image's sketches: k values per level, shrinking by c.
K, C = 2048, 0.64


@dataclass(frozen=True)
class Sketch:
    """Numbers with weights that approximate a distribution. `values` are sorted."""

    values: Any
    weights: Any

    @property
    def count(self) -> float:
        return float(self.weights.sum())

    def share_up_to(self, points: Any) -> Any:
        """Return the share of the distribution at or below each point."""
        sums = np.concatenate([[0.0], np.cumsum(self.weights)])
        return sums[np.searchsorted(self.values, points, side="right")] / self.count


def sketch_levels(numbers: Any) -> list[list[float]]:
    """Return a summary of `numbers` as a KLL sketch. A value of level i represents 2^i numbers.

    Up to K numbers are stored exactly. Of more numbers, every 2^i-th in sorted order is stored, so
    the error of quantiles is at most 1/K. The image's own sketch selects at random.
    """
    ordered = np.sort(numbers)
    level = max(0, math.ceil(math.log2(len(ordered) / K))) if len(ordered) else 0
    step = 2**level
    whole = len(ordered) - len(ordered) % step
    kept, rest = ordered[step // 2 : whole : step], ordered[whole:]
    return (
        [rest.tolist(), *[[] for _ in range(1, level)], kept.tolist()] if level else [kept.tolist()]
    )


def sketch_of(levels: list[list[float]]) -> Sketch:
    """Return the distribution that the levels of a KLL sketch represent."""
    values = np.concatenate([np.asarray(level, dtype=float) for level in levels])
    weights = np.repeat([2.0**i for i in range(len(levels))], [len(level) for level in levels])
    order = np.argsort(values, kind="stable")
    return Sketch(values[order], weights[order])


def numeric_distance(first: Sketch, second: Sketch, *, robust: bool) -> float:
    """Return the largest difference between the two cumulative distributions."""
    points = np.union1d(first.values, second.values)
    apart = np.abs(first.share_up_to(points) - second.share_up_to(points)).max()
    return _corrected(float(apart), first.count, second.count, robust=robust)


def categorical_distance(
    first: Mapping[str, int], second: Mapping[str, int], *, robust: bool
) -> float:
    """Return the largest difference between the shares of a category."""
    n, m = sum(first.values()), sum(second.values())
    apart = max(abs(first.get(k, 0) / n - second.get(k, 0) / m) for k in {*first, *second})
    return _corrected(apart, n, m, robust=robust)


def _corrected(apart: float, n: float, m: float, *, robust: bool) -> float:
    """Subtract the part that chance may cause with this number of rows (linf_robust)."""
    return max(0.0, apart - C_ALPHA * math.sqrt((n + m) / (n * m))) if robust else apart
