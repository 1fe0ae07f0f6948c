"""Replaces missing values."""

from dataclasses import dataclass, replace
from datetime import date
from math import floor, isnan
from typing import Any, Literal, Self

import pyarrow as pa

from pipeline_code.runtime.flows.columns import is_number, is_text, is_time, with_columns
from pipeline_code.runtime.flows.transform import Row, RowFunction, Statistics, Transform
from pipeline_code.runtime.sketches.moments import Moments
from pipeline_code.runtime.sketches.quantiles import Quantiles
from pipeline_code.runtime.sketches.value_counts import Categories

# The missing values of `own category`: no text of a row is empty.
MISSING = ""
_METHODS = ("median", "mean", "most frequent", "constant", "own category")


@dataclass(frozen=True)
class FillMissing(Transform):
    """Replaces missing values by the median, mean or most frequent value of the training rows.

    Or by `value`, or by an empty text, which is a category like all others. A column without values
    keeps them missing. The mean and the median of whole numbers are rounded down, and so are dates.
    """

    method: Literal["median", "mean", "most frequent", "constant", "own category"] = "median"
    value: Any = None

    def check(self) -> None:
        """Raise SettingError for an unknown method, or a value that is not used or missing."""
        self.require_choice("method", self.method, _METHODS)
        if (self.value is None) == (self.method == "constant"):
            raise self.refused(
                f"value is {self.value!r} with the method {self.method!r}: it must be given for "
                "the method 'constant', and only for it"
            )
        if isinstance(self.value, date):
            # A text of JSON, which is a date or time in the type of the column.
            object.__setattr__(self, "value", str(self.value))

    def outputs(self, schema: pa.Schema) -> pa.Schema:
        """The same columns."""
        self.require(schema)
        for name in self.columns:
            found = schema.field(name).type
            number = is_number(found)
            if self.method == "mean" and not number:
                raise self.refused(f"column {name!r} is of type {found}: the mean needs numbers")
            if self.method == "median" and not (number or is_time(found)):
                raise self.refused(
                    f"column {name!r} is of type {found}: the median needs numbers, dates or times"
                )
            if self.method == "own category" and not is_text(found):
                raise self.refused(f"column {name!r} is of type {found}: a category needs text")
            if self.method == "constant":
                self._require_value(name, found)
        return schema

    def statistics(self) -> Statistics:
        """What the method needs of each column."""
        kinds = {"median": Quantiles, "mean": Moments, "most frequent": Categories}
        kind = kinds.get(self.method)
        return {name: kind() for name in self.columns} if kind else {}

    def observe(self, statistics: Statistics, batch: pa.RecordBatch) -> None:
        """Add the values; dates and times are numbers for the median."""
        for name, statistic in statistics.items():
            values = batch[name]
            if self.method == "median" and is_time(values.type):
                values = values.cast(_whole(values.type))
            statistic.update(values)

    def fitted(self, statistics: Statistics, schema: pa.Schema) -> Self:
        """The state is the text of the replacement by column."""
        found = {name: self._replacement(statistics.get(name)) for name in self.columns}
        types = {name: schema.field(name).type for name in self.columns}
        return replace(self, state={n: _text(value, types[n]) for n, value in found.items()})

    def apply(self, batch: pa.RecordBatch) -> pa.RecordBatch:
        """Fill the missing values."""
        filled = {}
        for name, text in self.known().items():
            values = batch[name]
            if values.null_count and text is not None:
                filled[name] = values.fill_null(pa.scalar(text).cast(values.type))
        return with_columns(batch, filled) if filled else batch

    def row_function(self, schema: pa.Schema) -> RowFunction:
        """Fill the missing values of a row."""
        texts = self.known().items()
        values = {
            n: pa.scalar(t).cast(schema.field(n).type).as_py() for n, t in texts if t is not None
        }

        def change(row: Row) -> None:
            for name, value in values.items():
                if row[name] is None:
                    row[name] = value

        return change

    def _replacement(self, statistic: Any) -> Any:
        if self.method == "constant":
            return self.value
        if self.method == "own category":
            return MISSING
        if self.method == "most frequent":
            return next(iter(statistic.most_frequent(1)), None)
        if self.method == "mean":
            return statistic.mean if statistic.count else None
        median = statistic.quantile(0.5)
        return None if isnan(median) else median

    def _require_value(self, name: str, found: pa.DataType) -> None:
        try:
            pa.scalar(str(self.value)).cast(found)
        except (pa.ArrowInvalid, pa.ArrowNotImplementedError) as error:
            raise self.refused(
                f"value is {self.value!r}: column {name!r} is of type {found}"
            ) from error


def _whole(kind: pa.DataType) -> pa.DataType:
    return pa.int32() if pa.types.is_date32(kind) else pa.int64()


def _text(value: Any, kind: pa.DataType) -> str | None:
    if isinstance(value, float) and is_time(kind):
        whole = pa.scalar(_integer(value), pa.int64()).cast(_whole(kind))
        return str(whole.cast(kind).cast(pa.string()).as_py())
    if isinstance(value, float) and pa.types.is_integer(kind):
        return str(_integer(value))
    return None if value is None else str(value)


def _integer(value: float) -> int:
    """The number rounded down; a double near the largest integer is above it."""
    return min(max(floor(value), -(2**63)), 2**63 - 1)
