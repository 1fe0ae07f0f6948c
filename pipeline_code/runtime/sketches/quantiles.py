"""Quantiles of numbers in bounded memory, equal for any order of any parts.

The values are counted exactly while they are few. For more values, all are rounded to fewer bits:
as many as needed, and so the same number for any order of the rows.
"""

from bisect import bisect_left
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from pipeline_code.runtime.sketches.exact_sums import Numbers
from pipeline_code.runtime.sketches.moments import known_numbers

Keys = npt.NDArray[np.int64]
Counts = npt.NDArray[np.int64]
MOST_KEYS = 2**16
# Values are counted in groups of this size, for speed.
MOST_WAITING = 2**17


def _none() -> Keys:
    return np.zeros(0, dtype=np.int64)


@dataclass
class Quantiles:
    """Numbers by their leading bits; the last `dropped_bits` are left out.

    A quantile is exact while there are at most 65,536 different numbers. Otherwise its relative
    error is at most `error`: below 0.1 % if the largest number is a million times the smallest.
    """

    _dropped_bits: int = 0
    _keys: Keys = field(default_factory=_none)
    _counts: Counts = field(default_factory=_none)
    _waiting: list[Keys] = field(default_factory=list)
    _number_waiting: int = 0

    def update(self, values: pa.Array) -> None:
        """Add values; nulls are skipped."""
        self.add(known_numbers(values))

    def add(self, numbers: Numbers) -> None:
        """Add finite numbers, of shape (rows,)."""
        found = _keys(numbers) >> self._dropped_bits
        self._waiting.append(found)
        self._number_waiting += len(found)
        if self._number_waiting >= MOST_WAITING:
            self._count()

    def merge(self, other: "Quantiles") -> None:
        """Add the values of another summary."""
        self._count()
        other._count()
        dropped = max(self._dropped_bits, other._dropped_bits)
        keys = [each._keys >> (dropped - each._dropped_bits) for each in (self, other)]
        self._dropped_bits = dropped
        self._set(np.concatenate(keys), np.concatenate([self._counts, other._counts]))

    @property
    def count(self) -> int:
        """The number of values."""
        self._count()
        return int(self._counts.sum())

    @property
    def dropped_bits(self) -> int:
        """The number of bits of each number that are left out."""
        self._count()
        return self._dropped_bits

    @property
    def error(self) -> float:
        """The largest relative error of a quantile."""
        return 2.0 ** (self.dropped_bits - 53) if self.dropped_bits else 0.0

    def quantile(self, share: float) -> float:
        """The quantile, interpolated between the two nearest values like numpy's default.

        It is NaN without values.
        """
        values, ends = self._cumulated()
        if not len(values):
            return float("nan")
        position = share * (int(ends[-1]) - 1)
        below = int(position)
        first, second = (
            float(values[np.searchsorted(ends, min(index, ends[-1] - 1), side="right")])
            for index in (below, below + 1)
        )
        return first + (second - first) * (position - below)

    def shares(self, points: Numbers) -> Numbers:
        """For each point, the share of the values that are at most this large; 0 without values."""
        values, ends = self._cumulated()
        if not len(values):
            return np.zeros(len(points))
        below = np.concatenate([[0], ends])[np.searchsorted(values, points, side="right")]
        found: Numbers = below / ends[-1]
        return found

    def rounded(self, dropped_bits: int) -> "Quantiles":
        """The values with at least so many dropped bits, so that two summaries are comparable."""
        other = Quantiles(dropped_bits)
        other.merge(self)
        return other

    def values(self) -> tuple[Numbers, Counts]:
        """The different values in ascending order, and the number of rows of each.

        A value of several numbers with the same leading bits is in the middle of their range.
        """
        self._count()
        middles = (self._keys << self._dropped_bits) + (1 << self._dropped_bits >> 1)
        # Most numbers that have the leading bits of 0 are 0.
        return _numbers(np.where(self._keys == 0, 0, middles)), self._counts

    def _cumulated(self) -> tuple[Numbers, Counts]:
        values, counts = self.values()
        return values, np.cumsum(counts)

    def _count(self) -> None:
        if not self._waiting:
            return
        found, counts = np.unique(np.concatenate(self._waiting), return_counts=True)
        self._waiting, self._number_waiting = [], 0
        self._set(np.concatenate([self._keys, found]), np.concatenate([self._counts, counts]))

    def _set(self, keys: Keys, counts: Counts) -> None:
        """Add up the counts of equal keys, after dropping bits if there are too many keys."""
        ordered = np.sort(keys)
        more = bisect_left(
            range(53), True, key=lambda bits: _different(ordered >> bits) <= MOST_KEYS
        )
        self._dropped_bits += more
        self._keys, indices = np.unique(keys >> more, return_inverse=True)
        self._counts = np.bincount(indices, weights=counts, minlength=len(self._keys)).astype(
            np.int64
        )


def _different(ordered: Keys) -> int:
    return int(np.count_nonzero(np.diff(ordered))) + 1


def _keys(numbers: Numbers) -> Keys:
    """The bits of doubles as whole numbers in the same order."""
    # 0.0 and -0.0 are equal.
    bits = (numbers + 0.0).view(np.int64)
    return np.where(bits < 0, np.int64(-(2**63)) - bits, bits)


def _numbers(keys: Keys) -> Numbers:
    return np.where(keys < 0, np.int64(-(2**63)) - keys, keys).view(np.float64)
