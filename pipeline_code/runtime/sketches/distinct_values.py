"""The number of different values, from the smallest hashes (k minimum values).

Source: Bar-Yossef et al., "Counting Distinct Elements in a Data Stream" (2002). Up to `MOST_HASHES`
different values are counted exactly. Above, the k-th smallest of the hashes, which are uniform,
gives the estimate. The standard error is 1/sqrt(k - 2) = 0.78 %; `ERROR` is more than three times
that. The smallest hashes do not depend on the order or the number of parts.
"""

from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa

from pipeline_code.runtime.split import Hashes, mixed

Counts = npt.NDArray[np.int64]
MOST_HASHES = 16_384
ERROR = 0.025
NULL_HASH = np.uint64(0x9E3779B97F4A7C15)


def _none() -> Hashes:
    return np.empty(0, dtype=np.uint64)


def _no_counts() -> Counts:
    return np.empty(0, dtype=np.int64)


@dataclass(eq=False)
class DistinctValues:
    """The smallest hashes of values in ascending order, and how many values have each."""

    hashes: Hashes = field(default_factory=_none)
    counts: Counts = field(default_factory=_no_counts)

    def update(self, values: pa.ChunkedArray) -> None:
        """Add values; a missing value is a value."""
        self.add(hashes_of(values))

    def add(self, hashes: Hashes) -> None:
        """Add values with these hashes (`hashes_of`)."""
        unique, counts = np.unique(hashes, return_counts=True)
        self.merge(DistinctValues(unique[:MOST_HASHES], counts[:MOST_HASHES]))

    def merge(self, other: "DistinctValues") -> None:
        """Add the values of another summary."""
        joined = np.concatenate([self.hashes, other.hashes])
        unique, places = np.unique(joined, return_inverse=True)
        counts = np.zeros(len(unique), dtype=np.int64)
        np.add.at(counts, places, np.concatenate([self.counts, other.counts]))
        self.hashes, self.counts = unique[:MOST_HASHES], counts[:MOST_HASHES]

    @property
    def is_exact(self) -> bool:
        """Whether the estimate is the exact number."""
        return len(self.hashes) < MOST_HASHES

    @property
    def estimate(self) -> int:
        """The number of different values, within `ERROR` of the true number."""
        if self.is_exact:
            return len(self.hashes)
        return round((len(self.hashes) - 1) * 2.0**64 / (float(self.hashes[-1]) + 1))

    @property
    def repeated_share(self) -> float:
        """The share of rows that repeat an earlier row with their value.

        It is exact for few values, otherwise it is that of a random sample of the values.
        """
        rows = int(self.counts.sum())
        return 1 - len(self.hashes) / rows if rows else 0.0


def hashes_of(values: pa.ChunkedArray) -> Hashes:
    """A hash of each value, of shape (rows,); a missing value has `NULL_HASH`.

    Equal numbers, and equal dates and times, have equal hashes for any of their types.
    The hash function of pandas is documented and does not depend on the process:
    https://pandas.pydata.org/docs/reference/api/pandas.util.hash_array.html
    """
    encoded = values.combine_chunks().dictionary_encode()
    if isinstance(encoded, pa.ChunkedArray):
        encoded = encoded.combine_chunks()
    different = encoded.dictionary
    if pa.types.is_temporal(different.type):
        different = different.cast(pa.timestamp("us"), safe=False).view(pa.int64())
    known = _hashes_of_different(different.to_numpy(zero_copy_only=False))
    places = encoded.indices.fill_null(len(known)).to_numpy()
    # hash_array maps the number 0 to 0, and hashes of numbers must not equal those of others.
    hashes: Hashes = mixed(np.append(known, NULL_HASH))[places]
    return hashes


def _hashes_of_different(values: npt.NDArray[Any]) -> Hashes:
    hashes: Hashes = pd.util.hash_array(values, categorize=False)
    if values.dtype.kind == "f":
        whole = (np.abs(values) < 2.0**63) & (np.floor(values) == values)
        hashes[whole] = pd.util.hash_array(values[whole].astype(np.int64), categorize=False)
    return hashes


def hashes_of_rows(columns: list[Hashes]) -> Hashes:
    """A hash of each row from the hashes of its columns, which depends on their order."""
    combined = np.zeros_like(columns[0])
    for column in columns:
        combined = mixed(combined ^ column)
    return combined
