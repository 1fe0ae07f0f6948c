"""The number of rows of each value of a column, or of its most frequent values.

Source: Agarwal et al., "Mergeable Summaries" (2012), Misra-Gries. Up to `most` different values are
counted exactly. Above, all counts are reduced by that of the first value that is left out, so a
count is too small by at most `error`, which is at most rows / `most`.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from pipeline_code.runtime.job_errors import DataError

MOST_FREQUENT = 1_024
# About 100 MiB of texts. A column with more values names something, such as a person.
MOST_COUNTED = 1_000_000


@dataclass
class ValueCounts:
    """Value -> its least number of rows; the true number is at most `error` larger."""

    most: int = MOST_FREQUENT
    counts: Counter[Any] = field(default_factory=Counter)
    error: int = 0

    def update(self, values: pa.Array) -> None:
        """Add values; nulls are skipped."""
        found = pc.value_counts(values.drop_null())
        values, numbers = found.field(0), found.field(1).to_numpy()
        if len(numbers) > self.most:
            error = self._left_out(numbers)
            values = values.filter(pa.array(numbers > error))
            numbers = numbers[numbers > error] - error
        self.add(dict(zip(values.to_pylist(), numbers.tolist(), strict=True)))

    def add(self, counts: Mapping[Any, int]) -> None:
        """Add the numbers of rows of values."""
        self.counts.update(counts)
        if len(self.counts) > self.most:
            error = self._left_out(np.fromiter(self.counts.values(), dtype=np.int64))
            self.counts = Counter({v: n - error for v, n in self.counts.items() if n > error})

    def merge(self, other: "ValueCounts") -> None:
        """Add the values of another summary."""
        self.error += other.error
        self.add(other.counts)

    def most_frequent(self, number: int) -> dict[Any, int]:
        """The most frequent values with their counts; equal counts are ordered by the value."""
        ranked = sorted((-count, value) for value, count in self.counts.items())
        return {value: -negative for negative, value in ranked[:number]}

    @property
    def is_exact(self) -> bool:
        """Whether all values are here, with their exact counts."""
        return not self.error

    def _left_out(self, numbers: npt.NDArray[np.int64]) -> int:
        """The largest number that is left out, by which the others are too small from now on."""
        error = int(np.partition(numbers, -self.most - 1)[-self.most - 1])
        self.error += error
        return error


@dataclass
class Categories(ValueCounts):
    """Exact counts. Raises DataError for more than `MOST_COUNTED` values."""

    most: int = MOST_COUNTED

    def _left_out(self, numbers: npt.NDArray[np.int64]) -> int:
        raise DataError(
            f"more than {self.most} different values: a column that names something is not a "
            "category; use HashText, or leave it out"
        )
