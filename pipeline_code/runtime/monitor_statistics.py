"""Reads the distribution of a column from the statistics.json that Model Monitor writes.

Source: "Schema for Statistics" of SageMaker Model Monitor,
https://docs.aws.amazon.com/sagemaker/latest/dg/model-monitor-interpreting-statistics.html
"""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

Document = Mapping[str, Any]
Numbers = npt.NDArray[np.float64]


def levels(feature: Document) -> list[list[float]]:
    """The levels of a numeric column's KLL sketch; a value of level i represents 2^i values."""
    match feature:
        case {"numerical_statistics": {"distribution": {"kll": {"sketch": {"data": found}}}}}:
            return list(found)
    return []


def weighted(levels: Sequence[Sequence[float] | Numbers]) -> tuple[Numbers, Numbers]:
    """Return the values of a KLL sketch in ascending order, and the number of rows up to each.

    The second array starts with 0, so it has one element more.
    """
    if not levels:
        return np.empty(0), np.zeros(1)
    values = np.concatenate([np.asarray(level, dtype=np.float64) for level in levels])
    weights = np.repeat(2.0 ** np.arange(len(levels)), [len(level) for level in levels])
    order = np.argsort(values, kind="stable")
    return values[order], np.concatenate([[0.0], np.cumsum(weights[order])])


def levels_of(values: Numbers, counts: npt.NDArray[np.int64]) -> list[list[float]]:
    """The levels of a KLL sketch that represents each value as often as its count, exactly."""
    bits = int(counts.max(initial=0)).bit_length()
    return [values[(counts >> place) & 1 == 1].tolist() for place in range(bits)]


def counts(feature: Document) -> dict[str, float]:
    """Return category -> number of rows, for a text column with few values."""
    match feature:
        case {"string_statistics": {"distribution": {"categorical": {"buckets": buckets}}}}:
            return {bucket["value"]: bucket["count"] for bucket in buckets}
    return {}
