"""The table that a model is trained on: its columns, and the column to predict."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from pipeline_code.runtime.job_errors import SettingError
from pipeline_code.runtime.schema import Schema


@dataclass(frozen=True)
class Dataset:
    """A table with a target column.

    Without `positive` the target is a number and the model predicts it. With `positive` the target
    is a class and the model predicts the probability of this value. `order` are the columns by
    which rows are sorted, so that a result does not depend on the files or on the instances that
    wrote them. Without `order`, rows keep the order of the files. `codes` are numbers that name
    something, so that a number between two known ones is unknown. A model may be used for dates up
    to `ahead_days` after the last date of its training rows. Rows without a target cannot be used,
    so the target must not be nullable: leave them out in the query.
    """

    schema: Schema
    target: str
    positive: str | bool | None = None
    order: tuple[str, ...] = ()
    codes: tuple[str, ...] = ()
    ahead_days: int = 0

    def __post_init__(self) -> None:
        if any(column.nullable for column in self.schema.columns if column.name == self.target):
            raise SettingError(
                f"the target {self.target} is nullable, but rows without a target cannot be used: "
                f"remove nullable=True, and add WHERE {self.target} IS NOT NULL to the query"
            )

    @property
    def inputs(self) -> Schema:
        """All columns except the target."""
        return Schema(tuple(each for each in self.schema.columns if each.name != self.target))

    def labels(self, rows: pa.Table) -> npt.NDArray[Any]:
        """The target of each row, of shape (rows,): float64, or bool if `positive` is set."""
        values = rows[self.target]
        if self.positive is None:
            return np.asarray(values.to_numpy(), dtype=np.float64)
        return np.asarray(pc.equal(values, self.positive).to_numpy(), dtype=np.bool_)

    def in_order(self, rows: pa.Table) -> pa.Table:
        """Sort the rows by the columns of `order` that the table has."""
        keys = [(name, "ascending") for name in self.order if name in rows.column_names]
        return rows.sort_by(keys) if keys else rows
