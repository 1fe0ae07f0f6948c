"""The values of a model's training rows, and which rows of a request are outside of them.

Training saves them with the model. A model without them, of an earlier release, has no such rows.
"""

import json
from collections.abc import Collection, Iterable, Mapping
from dataclasses import asdict, dataclass
from datetime import date
from functools import cached_property, reduce
from pathlib import Path
from typing import Any, Literal, Self

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from pipeline_code.runtime.dataset import Dataset
from pipeline_code.runtime.job_errors import DataError
from pipeline_code.runtime.timestamps import days_of

FILE = "training_ranges.json"
# A column with more texts, such as a name, has the range `any`.
MOST_VALUES = 10_000
# The number of values in a message.
MOST_SHOWN = 10
# Up to this number of rows, Python is faster than a function of Arrow for each column.
FEW_ROWS = 16

Kind = Literal["number", "date", "value", "any"]
Masks = Mapping[str, npt.NDArray[np.bool_]]


@dataclass(frozen=True)
class Range:
    """The range of a column: from `least` to `most`, or one of `values` (texts, flags and codes).

    Dates are ISO texts. All values are in the range of the kind `any`: of a column with too many
    texts.
    """

    kind: Kind
    least: Any = None
    most: Any = None
    values: tuple[Any, ...] = ()

    def merged(self, other: Self) -> "Range":
        """The range of the rows of both."""
        if "any" in (self.kind, other.kind):
            return ANY
        if self.kind == "value":
            return _values({*self.values, *other.values})
        return Range(self.kind, min(self.least, other.least), max(self.most, other.most))

    @cached_property
    def _ends(self) -> tuple[Any, Any]:
        if self.kind == "date":
            return date.fromisoformat(self.least), date.fromisoformat(self.most)
        return self.least, self.most

    @cached_property
    def _set(self) -> pc.SetLookupOptions:
        return pc.SetLookupOptions(pa.array(self.values))

    @cached_property
    def _known(self) -> frozenset[Any]:
        return frozenset(self.values)

    def has(self, value: Any) -> bool:
        """Whether a value is in the range. The schema decides whether a value may be missing."""
        if value is None or self.kind == "any":
            return True
        if self.kind == "value":
            return value in self._known
        least, most = self._ends
        return bool(least <= value <= most)

    def has_all(self, values: pa.ChunkedArray) -> bool:
        """Whether all values are in the range. It is called for each request, so it is fast."""
        if self.kind == "any":
            return True
        values = days_of(values)
        if len(values) <= FEW_ROWS:
            return all(map(self.has, values.to_pylist()))
        if self.kind == "value":
            return bool(pc.all(self._are_known(values)).as_py())
        found, (least, most) = pc.min_max(values).as_py(), self._ends
        if found["min"] is None:
            return True
        return bool(least <= found["min"] and found["max"] <= most)

    def lacks(self, values: pa.ChunkedArray) -> npt.NDArray[np.bool_]:
        """Whether each value is outside the range, of shape (rows,)."""
        values = days_of(values)
        if self.kind == "value":
            known = self._are_known(values)
        else:
            least, most = (pa.scalar(end, values.type) for end in self._ends)
            known = pc.and_(pc.greater_equal(values, least), pc.less_equal(values, most))
        return ~np.asarray(known.fill_null(True).to_numpy(), dtype=np.bool_)

    def _are_known(self, values: pa.ChunkedArray) -> pa.ChunkedArray:
        return pc.or_(pc.is_in(values, options=self._set), pc.is_null(values))

    def __str__(self) -> str:
        if self.kind != "value":
            return f"{self.least} to {self.most}"
        more = len(self.values) - MOST_SHOWN
        shown = ", ".join(map(str, self.values[:MOST_SHOWN]))
        return f"{shown} and {more} more" if more > 0 else shown


ANY = Range("any")


@dataclass(frozen=True)
class Outside:
    """Rows outside the ranges: column -> whether each row's value is outside, of shape (rows,)."""

    masks: Masks
    ranges: Mapping[str, Range]

    @property
    def columns(self) -> list[str]:
        """The columns with at least one value outside its range."""
        return list(self.masks)

    @property
    def count(self) -> int:
        """The number of rows with at least one value outside its range."""
        return int(np.logical_or.reduce(list(self.masks.values())).sum()) if self.masks else 0

    def by_row(self, rows: int) -> list[list[str]]:
        """The columns with a value outside its range, for each of so many rows."""
        return [[name for name, mask in self.masks.items() if mask[row]] for row in range(rows)]

    def first(self, rows: pa.Table) -> str:
        """Describe the first value outside its range: its row, column, value, and the range."""
        row, name = min((int(mask.argmax()), name) for name, mask in self.masks.items())
        value = str(rows[name][row].as_py())[:80]
        return f"row {row + 1}, column {name}: {value} is outside {self.ranges[name]}"


@dataclass(frozen=True)
class TrainingRanges:
    """Column -> its range. A column without any value has none."""

    columns: Mapping[str, Range]

    def outside(self, rows: pa.Table) -> Outside:
        """Find the values of rows that are outside the ranges; unknown columns are skipped."""
        present = set(rows.column_names)
        masks = {
            name: found.lacks(rows[name])
            for name, found in self.columns.items()
            if name in present and not found.has_all(rows[name])
        }
        return Outside(masks, self.columns)

    def merged(self, other: Self) -> "TrainingRanges":
        """The ranges of the rows of both."""
        merged = dict(self.columns)
        for name, found in other.columns.items():
            merged[name] = merged[name].merged(found) if name in merged else found
        return TrainingRanges(merged)

    def save(self, path: Path) -> None:
        """Write a file that `read_ranges` reads."""
        document = {name: asdict(found) for name, found in self.columns.items()}
        path.write_text(json.dumps(document, indent=1, allow_nan=False) + "\n", encoding="utf-8")


def ranges_of(rows: pa.Table, dataset: Dataset) -> TrainingRanges:
    """The ranges of the inputs of training rows.

    A model is also used for later dates: the range of a date ends `ahead_days` of the data set
    after the last one.
    """
    names = [name for name in dataset.inputs.names if name in rows.column_names]
    found = {name: _range(rows[name], name in dataset.codes, dataset) for name in names}
    return TrainingRanges({name: each for name, each in found.items() if each is not None})


def read_ranges(path: Path) -> TrainingRanges:
    """The ranges in a file of `save`; raises DataError for any other content."""
    try:
        document = json.loads(path.read_text(encoding="utf-8"))
        columns = {
            name: Range(each["kind"], each["least"], each["most"], tuple(each["values"]))
            for name, each in document.items()
        }
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise DataError(f"{path.name} has no ranges of training rows: {error!r}") from error
    return TrainingRanges(columns)


def merged_ranges(paths: Iterable[Path]) -> TrainingRanges:
    """The ranges of the rows of all files, each of which describes a part of the rows."""
    return reduce(TrainingRanges.merged, map(read_ranges, sorted(paths)), TrainingRanges({}))


def _range(values: pa.ChunkedArray, is_code: bool, dataset: Dataset) -> Range | None:
    """The range of a column, or None if it has no value."""
    known = days_of(values.drop_null())
    if not len(known):
        return None
    is_date = pa.types.is_date(known.type)
    is_number = pa.types.is_integer(values.type) or pa.types.is_floating(values.type)
    if is_code or not (is_date or is_number):
        return _values(pc.unique(known).to_pylist())
    ends = pc.min_max(known).as_py()
    if not is_date:
        return Range("number", ends["min"], ends["max"])
    last = min(ends["max"].toordinal() + dataset.ahead_days, date.max.toordinal())
    return Range("date", str(ends["min"]), str(date.fromordinal(last)))


def _values(found: Collection[Any]) -> Range:
    return Range("value", values=tuple(sorted(found))) if len(found) <= MOST_VALUES else ANY
