"""The values of one column: their type, numbers and categories."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

INTEGRAL, FRACTIONAL, STRING, UNKNOWN = "Integral", "Fractional", "String", "Unknown"
_INTEGRAL = r"^\s*[-+]?[0-9]+\s*$"
_NUMERIC = r"^\s*[-+]?([0-9]+(\.[0-9]*)?|\.[0-9]+)([eE][-+]?[0-9]+)?\s*$"
# The maximum number of distinct values of a column with categories: DEFAULT_CARDINALITY_THRESHOLD
# of Deequ's ColumnProfiler.
MAX_CATEGORIES = 120


@dataclass(frozen=True)
class Column:
    """A column of text; a missing value is null."""

    name: str
    values: pa.ChunkedArray

    @cached_property
    def present(self) -> pa.ChunkedArray:
        """The values that are not null."""
        return self.values.drop_null()

    @property
    def missing(self) -> int:
        return int(self.values.null_count)

    @property
    def completeness(self) -> float:
        """The share of rows that have a value."""
        return len(self.present) / len(self.values)

    @cached_property
    def inferred_type(self) -> str:
        """The narrowest type of all values; Unknown without values."""
        if not len(self.present):
            return UNKNOWN
        if self.share_of(INTEGRAL) == 1:
            return INTEGRAL
        return FRACTIONAL if self.share_of(FRACTIONAL) == 1 else STRING

    def share_of(self, inferred_type: str) -> float:
        """Return the share of the values that have a type. A whole number is also Fractional."""
        if inferred_type not in (INTEGRAL, FRACTIONAL) or not len(self.present):
            return 1.0
        pattern = _INTEGRAL if inferred_type == INTEGRAL else _NUMERIC
        fitting = pc.sum(pc.match_substring_regex(self.present, pattern)).as_py()
        return float(fitting / len(self.present))

    @property
    def is_numeric(self) -> bool:
        return self.inferred_type in (INTEGRAL, FRACTIONAL)

    @cached_property
    def numbers(self) -> Any:
        """The values of a numeric column as an array of floats."""
        return pc.utf8_trim_whitespace(self.present).cast(pa.float64()).to_numpy()

    @cached_property
    def distinct(self) -> int:
        """The exact number of different values."""
        return int(pc.count_distinct(self.present).as_py())

    @cached_property
    def categories(self) -> Mapping[str, int]:
        """Value -> number of occurrences, sorted; empty if there are too many for categories."""
        if self.distinct > MAX_CATEGORIES:
            return {}
        counts = pc.value_counts(self.present).to_pylist()
        return {count["values"]: count["counts"] for count in sorted(counts, key=_by_value)}


def _by_value(count: Mapping[str, Any]) -> str:
    return str(count["values"])
