"""The table that a model is trained on: its columns, and the column to predict."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from pipeline_code.runtime.job_errors import DataError, SettingError
from pipeline_code.runtime.schema import Schema


@dataclass(frozen=True)
class Dataset:
    """A table with a target column.

    Without `positive` the target is a number and the model predicts it. With `positive` the target
    is a class and the model predicts the probability of this value. With `classes` the target is a
    text and the model predicts the probability of each of these values. `order` are the columns by
    which rows are sorted, so that a result does not depend on the files or on the instances that
    wrote them. Without `order`, rows keep the order of the files. `codes` are numbers that name
    something, so that a number between two known ones is unknown. A model may be used for dates up
    to `ahead_days` after the last date of its training rows. Rows without a target cannot be used,
    so the target must not be nullable: leave them out in the query.
    """

    schema: Schema
    target: str
    positive: str | bool | None = None
    classes: tuple[str, ...] = ()
    order: tuple[str, ...] = ()
    codes: tuple[str, ...] = ()
    ahead_days: int = 0

    def __post_init__(self) -> None:
        if self.classes and (self.positive is not None or len(set(self.classes)) < 2):
            raise SettingError(
                f"classes are {self.classes} and positive is {self.positive!r}: use either two or "
                "more different classes, or positive"
            )
        if self.target in self.schema.nullable:
            raise SettingError(
                f"the target {self.target} is nullable, but rows without a target cannot be used: "
                f"remove nullable=True, and add WHERE {self.target} IS NOT NULL to the query"
            )

    @property
    def target_schema(self) -> Schema:
        """The target alone."""
        return self.schema.select([self.target])

    @property
    def inputs(self) -> Schema:
        """All columns except the target."""
        return Schema(tuple(each for each in self.schema.columns if each.name != self.target))

    def labels(self, rows: pa.Table) -> npt.NDArray[Any]:
        """The target of each row, of shape (rows,): float64, or bool if `positive` is set.

        With `classes` it is the number of the class. Raises DataError for another class.
        """
        values = rows[self.target]
        if self.classes:
            numbers = pc.index_in(values, pa.array(self.classes))
            if numbers.null_count:
                raise DataError(
                    f"{self.target} has other values than {', '.join(self.classes)}: add the class "
                    "to the data set, or correct the rows"
                )
            return np.asarray(numbers.to_numpy(), dtype=np.int64)
        if self.positive is None:
            return np.asarray(values.to_numpy(), dtype=np.float64)
        return np.asarray(pc.equal(values, self.positive).to_numpy(), dtype=np.bool_)

    def target_mean(self, labels: npt.NDArray[Any]) -> float | list[float]:
        """The mean of labels; with `classes`, the share of each class."""
        if self.classes:
            shares = np.bincount(labels, minlength=len(self.classes)) / len(labels)
            return [float(share) for share in shares]
        return float(labels.mean())

    def in_order(self, rows: pa.Table) -> pa.Table:
        """Sort the rows by the columns of `order` that the table has."""
        keys = [(name, "ascending") for name in self.order if name in rows.column_names]
        return rows.sort_by(keys) if keys else rows
