"""The moments of numbers by category."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from pipeline_code.runtime.job_errors import DataError
from pipeline_code.runtime.sketches.exact_sums import Numbers
from pipeline_code.runtime.sketches.moments import Moments
from pipeline_code.runtime.sketches.value_counts import MOST_COUNTED


@dataclass
class GroupedMoments:
    """Category -> moments of its numbers. Raises DataError for too many categories."""

    groups: dict[Any, Moments] = field(default_factory=dict)

    def update(self, values: pa.Array) -> None:
        """Count values; use `add`."""
        self.add(values, np.zeros(len(values)))

    def add(self, values: pa.Array, numbers: Numbers) -> None:
        """Add the number of each value; missing values are the category None."""
        if not len(values):
            return
        encoded = pc.dictionary_encode(values, null_encoding="encode")
        indices = encoded.indices.to_numpy()
        order = np.argsort(indices, kind="stable")
        ends = np.cumsum(np.bincount(indices, minlength=len(encoded.dictionary)))
        parts = np.split(numbers[order], ends[:-1])
        for value, part in zip(encoded.dictionary.to_pylist(), parts, strict=True):
            self.groups.setdefault(value, Moments()).add(part)
        self._check()

    def merge(self, other: "GroupedMoments") -> None:
        """Add the numbers of another summary."""
        for value, found in other.groups.items():
            self.groups.setdefault(value, Moments()).merge(found)
        self._check()

    @classmethod
    def merged(cls, parts: Iterable["GroupedMoments"]) -> "GroupedMoments":
        """The summary of all parts."""
        total = cls()
        for part in parts:
            total.merge(part)
        return total

    def means(self, smooth: float | None) -> dict[str, Any]:
        """The members `values`, `means` of the values, and `mean` of all numbers, 0 without any.

        With n numbers of variance v around the mean m of a value, and the mean M and variance V of
        all numbers, the mean is shrunk to (n m + s M) / (n + s), where s is `smooth`, or v / V.
        Source: scikit-learn User Guide, "Target Encoder".
        """
        every = Moments()
        for found in self.groups.values():
            every.merge(found)
        known = sorted((value, found) for value, found in self.groups.items() if value is not None)
        mean = every.mean if every.count else 0.0
        means = [_shrunk(found, every, smooth) for _, found in known]
        return {"values": [value for value, _ in known], "means": means, "mean": mean}

    def _check(self) -> None:
        if len(self.groups) > MOST_COUNTED:
            raise DataError(f"more than {MOST_COUNTED} different values: it is not a category")


def _shrunk(found: Moments, every: Moments, smooth: float | None) -> float:
    if smooth is None:
        if not every.variance:
            return every.mean
        smooth = found.variance / every.variance
    return (found.count * found.mean + smooth * every.mean) / (found.count + smooth)
