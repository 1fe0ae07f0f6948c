"""The column to predict, as numbers: a class, or the rank of a number."""

from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from pipeline_code.runtime.job_errors import DataError, SettingError
from pipeline_code.runtime.sketches.column_sketch import numbers_of
from pipeline_code.runtime.sketches.table_sketch import TableSketch

Numbers = npt.NDArray[np.float64]
MOST_CLASSES = 50
# A number with more values is predicted as a number.
MOST_NUMBERED_CLASSES = 10
LEAST_ROWS = 50


@dataclass(frozen=True, eq=False)
class Target:
    """The target of the rows of a sample, without the rows that have none.

    `outcomes` are, for a class, its rows as 0 and 1 for each class (of two, of the rarer one), and
    for a number its ranks: of shape (rows, outcomes). `classes` name the outcomes of a class.
    """

    name: str
    kind: Literal["class", "number"]
    rows: pa.Table
    numbers: Numbers
    outcomes: Numbers
    classes: tuple[str, ...]

    @property
    def inputs(self) -> pa.Table:
        """The rows without the target."""
        return self.rows.drop_columns([self.name])


def target_of(sketch: TableSketch, name: str) -> Target:
    """The target of the sample. Raises SettingError and DataError for an unusable column."""
    if name not in sketch.columns:
        raise SettingError(
            f"there is no column {name!r} to predict: the data have {', '.join(sketch.columns)}"
        )
    column = sketch.columns[name]
    rows = sketch.sample.rows.filter(pc.is_valid(sketch.sample.rows[name]))
    if rows.num_rows < LEAST_ROWS:
        raise DataError(
            f"{rows.num_rows} rows have the target {name}: at least {LEAST_ROWS} are needed; "
            "analyse more rows, or leave out the target"
        )
    is_class = column.kind == "text" or column.distinct.estimate <= MOST_NUMBERED_CLASSES
    if column.kind == "text" and column.distinct.estimate > MOST_CLASSES:
        raise DataError(
            f"the target {name} has {column.distinct.estimate} different texts: allowed are at "
            f"most {MOST_CLASSES} classes, or numbers; choose another column"
        )
    return _classes(rows, name) if is_class else _number(rows, name)


def _number(rows: pa.Table, name: str) -> Target:
    numbers = numbers_of(rows[name])
    return Target(name, "number", rows, numbers, ranks(numbers)[:, None], ())


def _classes(rows: pa.Table, name: str) -> Target:
    texts = rows[name].cast(pa.string())
    counted = sorted(pc.value_counts(texts).to_pylist(), key=lambda each: each["counts"])
    classes = tuple(each["values"] for each in counted)
    if len(classes) < 2:
        raise DataError(
            f"the target {name} is {', '.join(classes)} in all rows: at least two classes are "
            "needed; analyse other rows, or leave out the target"
        )
    numbers = pc.index_in(texts, pa.array(classes)).to_numpy().astype(np.float64)
    chosen = classes[:1] if len(classes) == 2 else classes
    outcomes = (numbers[:, None] == np.arange(len(chosen))).astype(np.float64)
    return Target(name, "class", rows, numbers, outcomes, chosen)


def ranks(numbers: Numbers) -> Numbers:
    """The mean rank of each number, from 0 to 1; equal numbers have equal ranks."""
    _, place, counts = np.unique(numbers, return_inverse=True, return_counts=True)
    middle: Numbers = (np.cumsum(counts) - (counts - 1) / 2 - 0.5) / max(1, len(numbers))
    return middle[place]


def scaled(numbers: Numbers, limit: float) -> Numbers:
    """The numbers, divided by one factor if an absolute value is above the limit."""
    largest = np.nanmax(np.abs(numbers), initial=0.0)
    return numbers / largest * limit if largest > limit else numbers
