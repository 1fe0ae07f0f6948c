"""Count, sum, extremes, mean and variance of numbers, equal for any order of any parts."""

import math
from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from pipeline_code.runtime.job_errors import DataError
from pipeline_code.runtime.sketches.exact_sums import (
    UNIT_BITS,
    Numbers,
    exact_sums,
    rounded,
)


@dataclass
class Moments:
    """The moments of finite numbers."""

    count: int = 0
    least: float = math.inf
    most: float = -math.inf
    # Exact sums, in units of 2^-UNIT_BITS.
    _total: int = 0
    _squares: int = 0

    def update(self, values: pa.Array) -> None:
        """Add values; nulls are skipped. Raises DataError like `add`."""
        self.add(known_numbers(values))

    def add(self, numbers: Numbers) -> None:
        """Add numbers, of shape (rows,). Raises DataError for NaN and infinities."""
        if not len(numbers):
            return
        least, most = float(numbers.min()), float(numbers.max())
        if not math.isfinite(least) or not math.isfinite(most):
            raise DataError(
                f"the numbers are from {least} to {most}: must be finite; leave other values out "
                "or replace them by NULL"
            )
        self.count += len(numbers)
        self.least, self.most = min(self.least, least), max(self.most, most)
        total, squares = exact_sums(numbers)
        self._total += total
        self._squares += squares

    def merge(self, other: "Moments") -> None:
        """Add the values of another summary."""
        self.count += other.count
        self.least, self.most = min(self.least, other.least), max(self.most, other.most)
        self._total += other._total
        self._squares += other._squares

    @property
    def sum(self) -> float:
        """The correctly rounded sum; 0 for no values."""
        return rounded(self._total, 1 << UNIT_BITS)

    @property
    def mean(self) -> float:
        """The correctly rounded mean; NaN for no values."""
        return rounded(self._total, self.count << UNIT_BITS) if self.count else math.nan

    @property
    def variance(self) -> float:
        """The correctly rounded population variance; NaN for no values."""
        return rounded(self._spread, self.count**2 << 2 * UNIT_BITS) if self.count else math.nan

    @property
    def deviation(self) -> float:
        """The population standard deviation; NaN for no values."""
        # The variance of large numbers is not a double, but their deviation is.
        spread = math.isqrt(self._spread)
        return rounded(spread, self.count << UNIT_BITS) if self.count else math.nan

    @property
    def _spread(self) -> int:
        """n·Σx² - (Σx)², exactly: nothing is lost if the mean is large and the variance small."""
        return (self.count * self._squares << UNIT_BITS) - self._total**2


def known_numbers(values: pa.Array) -> Numbers:
    """The known values as doubles, of shape (rows,)."""
    known = values.drop_null() if values.null_count else values
    return np.asarray(known.cast(pa.float64(), safe=False).to_numpy(zero_copy_only=False))
