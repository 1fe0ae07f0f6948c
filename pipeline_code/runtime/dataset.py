"""The table that a model is trained on: its columns, and the column to predict."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from pipeline_code.runtime.answer_members import (
    EXPLANATION,
    OUTSIDE,
    PROBABILITIES,
    PROBABILITY,
)
from pipeline_code.runtime.job_errors import DataError, SettingError
from pipeline_code.runtime.schema import FLOAT, INTEGER, Schema


@dataclass(frozen=True)
class Dataset:
    """A table with a target column, or with several.

    Without `positive` the target is a number and the model predicts it. With `positive` the target
    is a class and the model predicts the probability of this value. With `classes` the target is a
    text and the model predicts the probability of each of these values. With `targets` instead of
    `target` there are several numbers, and one model predicts them all; otherwise `targets` is the
    one target, so code for any number of targets uses it. `order` are the columns by
    which rows are sorted, so that a result does not depend on the files or on the instances that
    wrote them. Without `order`, rows keep the order of the files. `codes` are numbers that name
    something, so that a number between two known ones is unknown. A model may be used for dates up
    to `ahead_days` after the last date of its training rows. Rows without a target cannot be used,
    so the target must not be nullable: leave them out in the query.
    """

    schema: Schema
    target: str = ""
    positive: str | bool | None = None
    classes: tuple[str, ...] = ()
    order: tuple[str, ...] = ()
    codes: tuple[str, ...] = ()
    ahead_days: int = 0
    targets: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        self._check_targets()
        object.__setattr__(self, "targets", self.targets or (self.target,))
        if self.classes and (self.positive is not None or len(set(self.classes)) < 2):
            raise SettingError(
                f"classes are {self.classes} and positive is {self.positive!r}: use either two or "
                "more different classes, or positive"
            )
        self._check_names()
        for target in self.targets:
            if target in self.schema.nullable:
                raise SettingError(
                    f"the target {target} is nullable, but rows without a target cannot be used: "
                    f"remove nullable=True, and add WHERE {target} IS NOT NULL to the query"
                )

    def _check_targets(self) -> None:
        """Raise SettingError unless there is one target or there are several different numbers."""
        if bool(self.target) == bool(self.targets):
            raise SettingError(
                f"target is {self.target!r} and targets are {self.targets}: use one of the two"
            )
        if not self.targets:
            return
        numbers = {each.name for each in self.schema.columns if each.type in (FLOAT, INTEGER)}
        different = len(set(self.targets)) == len(self.targets) > 1
        if not different or self.positive is not None or self.classes:
            raise SettingError(
                f"targets are {self.targets}, positive is {self.positive!r} and classes are "
                f"{self.classes}: several targets are two or more different numbers; use target "
                "for one column or a class"
            )
        if wrong := [name for name in self.targets if name not in numbers]:
            raise SettingError(
                f"the targets {', '.join(wrong)} are not columns of numbers: declare them as "
                "INTEGER or FLOAT, or leave them out of targets"
            )

    def _check_names(self) -> None:
        """Raise SettingError for a target whose value another member of an answer would replace."""
        members = {OUTSIDE, EXPLANATION}
        members |= {PROBABILITIES} if self.classes else set()
        members |= {PROBABILITY} if self.positive is not None else set()
        if taken := [name for name in self.targets if name in members]:
            raise SettingError(
                f"the target {taken[0]} has the name of another member of a prediction as JSON "
                f"({', '.join(sorted(members))}): give the column another name, in the query "
                f"({taken[0]} AS {taken[0]}_value) and in the schema"
            )

    @property
    def has_several_targets(self) -> bool:
        """Whether a prediction is a number for each of several targets."""
        return len(self.targets) > 1

    @property
    def target_schema(self) -> Schema:
        """The targets alone, in the order of the schema."""
        return self.schema.select(self.targets)

    @property
    def inputs(self) -> Schema:
        """All columns except the targets."""
        return Schema(tuple(each for each in self.schema.columns if each.name not in self.targets))

    def labels(self, rows: pa.Table) -> npt.NDArray[Any]:
        """The target of each row, of shape (rows,): float64, or bool if `positive` is set.

        With `classes` it is the number of the class, with `targets` the targets of shape (rows,
        targets). Raises DataError for another class.
        """
        if self.has_several_targets:
            columns = [rows[name].to_numpy() for name in self.targets]
            return np.column_stack(columns).astype(np.float64)
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
        """The mean of labels; with `classes`, the share of each class; the mean of each target."""
        if self.classes:
            shares = np.bincount(labels, minlength=len(self.classes)) / len(labels)
            return [float(share) for share in shares]
        if self.has_several_targets:
            return [float(mean) for mean in labels.mean(axis=0)]
        return float(labels.mean())

    def in_order(self, rows: pa.Table) -> pa.Table:
        """Sort the rows by the columns of `order` that the table has."""
        keys = [(name, "ascending") for name in self.order if name in rows.column_names]
        return rows.sort_by(keys) if keys else rows
