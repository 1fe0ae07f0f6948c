"""Treatments of missing values. What they need is computed from the training rows."""

from dataclasses import dataclass
from typing import Any, Literal

import pyarrow as pa
import pyarrow.compute as pc

Kind = Literal["keep", "constant", "median", "most frequent", "own category"]


@dataclass(frozen=True)
class Treatment:
    """What an encoding does with the missing values of a column."""

    kind: Kind
    value: Any = None

    def replacement(self, known: pa.ChunkedArray) -> Any:
        """The value for missing values; `known` are the other values of the training rows.

        It is None if missing values are kept, or if there are no other values.
        """
        if self.kind == "constant":
            return self.value
        if not len(known):
            return None
        if self.kind == "median":
            return _median(known)
        if self.kind == "most frequent":
            return _most_frequent(known)
        return None


# Missing values stay missing: NaN in the features. The estimator must support this.
KEEP = Treatment("keep")
# A middle value of the training rows, for numbers, dates and times.
MEDIAN = Treatment("median")
# The first in order of equally frequent values.
MOST_FREQUENT = Treatment("most frequent")
# A text of its own, which is a category like all others.
OWN_CATEGORY = Treatment("own category")


def constant(value: Any) -> Treatment:
    """Missing values become this value, which has the type of the column."""
    return Treatment("constant", value)


def _median(known: pa.ChunkedArray) -> Any:
    """The middle value; of an even number of values, the lower of the two."""
    order = pc.array_sort_indices(known)
    return known[order[(len(known) - 1) // 2].as_py()].as_py()


def _most_frequent(known: pa.ChunkedArray) -> Any:
    counts = [(-each["counts"], each["values"]) for each in pc.value_counts(known).to_pylist()]
    return min(counts)[1]
