"""Replaces a category by the mean target of its training rows."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Self

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from pipeline_code.runtime.flows.columns import (
    CATEGORY,
    as_numbers,
    is_feature,
    is_value,
    with_columns,
    with_fields,
)
from pipeline_code.runtime.flows.transform import Row, RowFunction, Statistics, Transform
from pipeline_code.runtime.row_hashes import hashes_of
from pipeline_code.runtime.sketches.grouped_moments import GroupedMoments


@dataclass(frozen=True)
class TargetMean(Transform):
    """Replaces a value by the mean of `target` over the training rows with this value.

    `positive` is the value of the target that counts as 1, if it is not a number. Means of few rows
    are drawn to the mean of all rows: by the variances (`smooth` is None, as "auto" of
    scikit-learn's TargetEncoder) or by `smooth` rows with that mean. An unknown or missing value
    has the mean of all rows.

    A training row is encoded by the rows of the other folds, so that its own target does not tell
    the model the answer. A hash of the row without the target selects its fold: rows that differ
    only in the target are in the same fold, so the fold does not tell the answer, either. A value
    that no other fold has is encoded by the mean of all rows. A request has the means of all rows.
    """

    target: str = ""
    positive: Any = None
    smooth: float | None = None
    folds: int = 5
    allowed = CATEGORY

    @property
    def reads(self) -> Sequence[str] | None:
        """All columns, because the folds depend on all of them but the target."""
        return None

    def check(self) -> None:
        """Raise SettingError without a target, or for fewer than two folds."""
        if not self.target or self.target in self.columns:
            raise self.refused(f"target is {self.target!r}: must be another column")
        if self.folds < 2:
            raise self.refused(f"folds is {self.folds}: must be at least 2")

    def check_target(self, target: str | None, schema: pa.Schema) -> None:
        """Raise SettingError for another target than that of the flow, or one without a mean."""
        if self.target != target:
            raise self.refused(f"target is {self.target!r}: must be the flow's target, {target!r}")
        found = schema.field(self.target).type
        if self.positive is None and not is_feature(found):
            raise self.refused(
                f"target {self.target!r} is of type {found}: its mean needs numbers or booleans, "
                "or the value `positive` that counts as 1"
            )
        if self.positive is not None and not is_value(self.positive, found):
            raise self.refused(
                f"positive is {self.positive!r}: target {self.target!r} is of type {found}"
            )

    def outputs(self, schema: pa.Schema) -> pa.Schema:
        """The columns become floating-point numbers."""
        self.require(schema)
        return with_fields(schema, dict.fromkeys(self.columns, pa.float64()))

    def statistics(self) -> Statistics:
        """The targets by value, of the rows of each fold."""
        numbers = range(self.folds)
        return {f"{name}:{fold}": GroupedMoments() for name in self.columns for fold in numbers}

    def observe(self, statistics: Statistics, batch: pa.RecordBatch) -> None:
        """Add the targets of training rows."""
        targets, folds = self._targets(batch), self._folds(batch)
        for name in self.columns:
            for fold in range(self.folds):
                rows = folds == fold
                found: Any = statistics[f"{name}:{fold}"]
                found.add(batch[name].filter(pa.array(rows)), targets[rows])

    def fitted(self, statistics: Statistics, schema: pa.Schema) -> Self:
        """The state has the means of all rows, and of the rows outside each fold."""
        return replace(self, state={name: self._column(name, statistics) for name in self.columns})

    def apply(self, batch: pa.RecordBatch) -> pa.RecordBatch:
        """Encode rows by all training rows."""
        means = {n: _encoded(batch[n], self.known()[n]["all"]) for n in self.columns}
        return with_columns(batch, {name: pa.array(each) for name, each in means.items()})

    def row_function(self, schema: pa.Schema) -> RowFunction:
        """Encode a row by all training rows."""
        found = {name: each["all"] for name, each in self.known().items()}
        means = {
            n: dict(zip(each["values"], each["means"], strict=True)) for n, each in found.items()
        }

        def change(row: Row) -> None:
            for name, by_value in means.items():
                row[name] = by_value.get(row[name], found[name]["mean"])

        return change

    def apply_training(self, batch: pa.RecordBatch) -> pa.RecordBatch:
        """Encode training rows, each by the rows of the other folds."""
        folds, columns = self._folds(batch), {}
        for name in self.columns:
            found = [_encoded(batch[name], each) for each in self.known()[name]["outside"]]
            columns[name] = pa.array(np.stack(found)[folds, np.arange(batch.num_rows)])
        return with_columns(batch, columns)

    def _targets(self, batch: pa.RecordBatch) -> npt.NDArray[np.float64]:
        if self.positive is None:
            return as_numbers(batch[self.target])
        return as_numbers(pc.equal(batch[self.target], self.positive))

    def _folds(self, batch: pa.RecordBatch) -> npt.NDArray[np.int64]:
        inputs = [name for name in batch.schema.names if name != self.target]
        return (hashes_of(batch.select(inputs)) % np.uint64(self.folds)).astype(np.int64)

    def _column(self, name: str, statistics: Statistics) -> dict[str, Any]:
        parts: list[Any] = [statistics[f"{name}:{fold}"] for fold in range(self.folds)]
        outside = [
            GroupedMoments.merged(each for n, each in enumerate(parts) if n != fold)
            for fold in range(self.folds)
        ]
        every = GroupedMoments.merged(parts).means(self.smooth)
        # The mean outside a fold is the lower, the higher the targets of the fold are.
        unknown = {"mean": every["mean"]}
        return {
            "all": every,
            "outside": [each.means(self.smooth) | unknown for each in outside],
        }


def _encoded(values: pa.Array, means: dict[str, Any]) -> npt.NDArray[np.float64]:
    """The means of values; `means` has the members `values`, `means` and `mean`."""
    known = pa.array(means["values"], values.type)
    indices = pc.index_in(values, known).fill_null(len(known)).to_numpy()
    encoded: npt.NDArray[np.float64] = np.array([*means["means"], means["mean"]])[indices]
    return encoded
