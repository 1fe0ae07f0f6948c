"""Reads the distribution of a column from the statistics.json that Model Monitor writes.

Source: "Schema for Statistics" of SageMaker Model Monitor,
https://docs.aws.amazon.com/sagemaker/latest/dg/model-monitor-interpreting-statistics.html
"""

from collections.abc import Mapping
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


def counts(feature: Document) -> dict[str, float]:
    """Return category -> number of rows, for a text column with few values."""
    match feature:
        case {"string_statistics": {"distribution": {"categorical": {"buckets": buckets}}}}:
            return {bucket["value"]: bucket["count"] for bucket in buckets}
    return {}


def weighted(sketch: list[list[float]]) -> tuple[Numbers, Numbers]:
    """Return the values of a sketch in ascending order, and the number of rows up to each.

    The second array starts with 0, so it has one element more.
    """
    values = np.concatenate([np.asarray(level, dtype=np.float64) for level in sketch])
    weights = np.repeat(2.0 ** np.arange(len(sketch)), [len(level) for level in sketch])
    order = np.argsort(values, kind="stable")
    return values[order], np.concatenate([[0.0], np.cumsum(weights[order])])
