"""All statistics of a column: how many values it has, which, and how they are distributed."""

from dataclasses import dataclass, field
from typing import Literal

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from pipeline_code.runtime.job_errors import DataError
from pipeline_code.runtime.sketches.distinct_values import DistinctValues, hashes_of
from pipeline_code.runtime.sketches.moments import Moments
from pipeline_code.runtime.sketches.quantiles import Quantiles
from pipeline_code.runtime.sketches.value_counts import ValueCounts
from pipeline_code.runtime.split import Hashes
from pipeline_code.runtime.timestamps import days_of

Kind = Literal["number", "date", "text"]
# Longer texts are cut, so texts with the same beginning are counted together.
MOST_CHARACTERS = 200
_MICROSECONDS_OF_A_DAY = 86_400_000_000


@dataclass(eq=False)
class ColumnSketch:
    """The statistics of a column.

    A boolean is the text true or false. NaN and infinities are missing values. `moments` and
    `quantiles` of dates and times are those of the days since 1970-01-01; a text has none.
    """

    kind: Kind = "text"
    count: int = 0
    nulls: int = 0
    distinct: DistinctValues = field(default_factory=DistinctValues)
    frequent: ValueCounts = field(default_factory=ValueCounts)
    moments: Moments = field(default_factory=Moments)
    quantiles: Quantiles = field(default_factory=Quantiles)

    def update(self, values: pa.ChunkedArray) -> None:
        """Add values of a column from `plain`. Raises DataError like `merge`."""
        self.add(values, hashes_of(values))

    def add(self, values: pa.ChunkedArray, hashes: Hashes) -> None:
        """Add values, whose hashes are known."""
        known = values.drop_null()
        self._add_rows(kind_of(values.type), len(known), values.null_count)
        self.distinct.add(hashes[values.is_valid().to_numpy()])
        self.frequent.update(_named(known).combine_chunks())
        if self.kind != "text":
            numbers = numbers_of(known)
            self.moments.add(numbers)
            self.quantiles.add(numbers)

    def merge(self, other: "ColumnSketch") -> None:
        """Add the values of another summary. Raises DataError for columns of different kinds."""
        self._add_rows(other.kind, other.count, other.nulls)
        self.distinct.merge(other.distinct)
        self.frequent.merge(other.frequent)
        self.moments.merge(other.moments)
        self.quantiles.merge(other.quantiles)

    def _add_rows(self, kind: Kind, count: int, nulls: int) -> None:
        if kind != self.kind and count and self.count:
            raise DataError(
                f"parts of a column are of the kinds {self.kind} and {kind}: write the column "
                "with one type to all files"
            )
        self.kind = self.kind if self.count else kind
        self.count += count
        self.nulls += nulls


def kind_of(given: pa.DataType) -> Kind:
    """The kind of a column from `plain`."""
    if pa.types.is_temporal(given):
        return "date"
    return "number" if pa.types.is_integer(given) or pa.types.is_floating(given) else "text"


def numbers_of(values: pa.ChunkedArray) -> npt.NDArray[np.float64]:
    """The numbers, or the days of dates and times, of shape (rows,); a missing value is NaN."""
    if pa.types.is_timestamp(values.type):
        times = values.cast(pa.timestamp("us"), safe=False).cast(pa.int64())
        return as_doubles(times) / _MICROSECONDS_OF_A_DAY
    if pa.types.is_date(values.type):
        return as_doubles(values.cast(pa.date32()).cast(pa.int32()))
    return as_doubles(values)


def _named(values: pa.ChunkedArray) -> pa.ChunkedArray:
    """The values to count: numbers, or texts that are cut to `MOST_CHARACTERS`."""
    if kind_of(values.type) == "number":
        return values
    return pc.utf8_slice_codeunits(days_of(values).cast(pa.string()), 0, MOST_CHARACTERS)


def as_doubles(values: pa.ChunkedArray) -> npt.NDArray[np.float64]:
    """The numbers as doubles; a missing value is NaN."""
    return np.asarray(values.cast(pa.float64(), safe=False).to_numpy(), dtype=np.float64)


def plain(values: pa.ChunkedArray, *, name: str) -> pa.ChunkedArray:
    """Convert a column to integers, finite doubles, dates, times or texts; others become null.

    Raises DataError for nested types, which have no statistics.
    """
    given = values.type
    if pa.types.is_dictionary(given):
        return plain(values.cast(given.value_type), name=name)
    if pa.types.is_decimal(given) or pa.types.is_float16(given) or pa.types.is_float32(given):
        return plain(values.cast(pa.float64(), safe=False), name=name)
    if pa.types.is_floating(given):
        return pc.if_else(pc.is_finite(values), values, None)
    if pa.types.is_integer(given) or pa.types.is_date(given) or pa.types.is_timestamp(given):
        return values
    if pa.types.is_nested(given) or pa.types.is_binary(given) or pa.types.is_large_binary(given):
        raise DataError(
            f"column {name} is of type {str(given)[:80]}: allowed are numbers, booleans, dates, "
            "times and texts; leave the column out or convert it"
        )
    return values.cast(pa.string())
