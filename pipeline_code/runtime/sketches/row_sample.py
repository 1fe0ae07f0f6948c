"""A random sample of rows of a table of any length, with a fixed seed."""

from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from pipeline_code.runtime.job_errors import DataError

MOST_ROWS = 10_000
_SEED = 20_081_231


@dataclass(eq=False)
class RowSample:
    """The rows with the smallest of random numbers, one for each row, in ascending order of them.

    Every row has the same chance, and a merged sample has the rows that are smallest in both.
    `part` is a number that no other part of the table has.
    """

    part: int = 0
    most: int = MOST_ROWS
    rows: pa.Table = field(default_factory=lambda: pa.table({}))
    _numbers: npt.NDArray[np.float64] = field(default_factory=lambda: np.empty(0))
    _batches: int = 0

    def update(self, rows: pa.Table) -> None:
        """Add a batch of rows."""
        seed = (_SEED, self.part, self._batches)
        self._batches += 1
        self._add(rows, np.random.default_rng(seed).random(rows.num_rows))

    def merge(self, other: "RowSample") -> None:
        """Add the sample of another part."""
        if other.rows.num_rows:
            self._add(other.rows, other._numbers)

    def _add(self, rows: pa.Table, numbers: npt.NDArray[np.float64]) -> None:
        if self.rows.num_columns:
            rows = _joined(self.rows, rows.select(self.rows.column_names))
        numbers = np.concatenate([self._numbers, numbers])
        chosen = np.argsort(numbers, kind="stable")[: self.most]
        self.rows, self._numbers = rows.take(chosen), numbers[chosen]


def _joined(first: pa.Table, second: pa.Table) -> pa.Table:
    """The rows of both: with whole and other numbers as doubles, with dates and times as times."""
    tables = [_widened(first, second), _widened(second, first)]
    try:
        return pa.concat_tables(tables, promote_options="permissive")
    except (pa.ArrowInvalid, pa.ArrowTypeError) as error:
        raise DataError(
            f"parts of the table have different types: {error}; write each column with one type "
            "to all files"
        ) from error


def _widened(rows: pa.Table, other: pa.Table) -> pa.Table:
    """Give dates and columns without values the type of the other table, if needed."""
    for place, column in enumerate(other.schema):
        values, kind = rows[column.name], column.type
        is_empty = values.null_count == rows.num_rows
        is_day = pa.types.is_date(values.type) and pa.types.is_timestamp(kind)
        if values.type != kind and (is_empty or is_day):
            new = pa.nulls(rows.num_rows, kind) if is_empty else values.cast(kind)
            rows = rows.set_column(place, column.name, new)
    return rows
