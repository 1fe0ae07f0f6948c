"""A fitted flow: applies its transforms to rows, and is saved as JSON."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Any, Self

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from pipeline_code.runtime.flows.columns import as_numbers, is_feature
from pipeline_code.runtime.flows.registry import read_transform
from pipeline_code.runtime.flows.row_flow import RowFlow
from pipeline_code.runtime.flows.stages import batches_of
from pipeline_code.runtime.flows.transform import Transform
from pipeline_code.runtime.job_errors import DataError, SettingError

FILE = "flow.json"
Numbers = npt.NDArray[np.float64]


@dataclass(frozen=True)
class FittedFlow:
    """Fitted transforms, the `columns` that they need, and the names of the `features`."""

    columns: Sequence[str]
    target: str | None
    transforms: Sequence[Transform]
    features: Sequence[str]

    def apply(self, batch: pa.RecordBatch) -> pa.RecordBatch:
        """Transform rows; unknown columns are left out. Raises DataError if a column is missing."""
        batch = self._selected(batch)
        for transform in self.transforms:
            batch = transform.apply(batch)
        return batch

    def apply_training(self, batch: pa.RecordBatch) -> pa.RecordBatch:
        """Transform rows that the flow was fitted on (`TargetMean`)."""
        batch = self._selected(batch)
        for transform in self.transforms:
            batch = transform.apply_training(batch)
        return batch

    def matrix(self, rows: pa.Table) -> Numbers:
        """The features of raw rows, of shape (rows, features); a missing value is NaN.

        Raises SettingError if a column is neither a number nor a boolean after the transforms.
        """
        if rows.num_rows == 1 and (found := self._row_flow.matrix(rows)) is not None:
            return found
        return self._stacked([self._matrix(self.apply(batch)) for batch in batches_of(rows)])

    def training_matrix(self, rows: pa.Table) -> Numbers:
        """The features of rows that the flow was fitted on, like `matrix`."""
        parts = [self._matrix(self.apply_training(batch)) for batch in batches_of(rows)]
        return self._stacked(parts)

    def selected(self, used: npt.NDArray[np.bool_]) -> Self:
        """The flow with some of the features; `used` is of shape (features,)."""
        pairs = zip(self.features, used, strict=True)
        return replace(self, features=tuple(name for name, is_used in pairs if is_used))

    def to_json(self) -> dict[str, Any]:
        """The JSON value that `from_json` reads."""
        return {
            "columns": list(self.columns),
            "target": self.target,
            "transforms": [transform.to_json() for transform in self.transforms],
            "features": list(self.features),
        }

    @classmethod
    def from_json(cls, document: Any) -> Self:
        """The flow from `to_json`; raises DataError for any other value."""
        try:
            transforms = tuple(map(read_transform, document["transforms"]))
            columns, features = tuple(document["columns"]), tuple(document["features"])
            return cls(columns, document["target"], transforms, features)
        except (KeyError, TypeError) as error:
            raise DataError(f"not a saved flow: {error!r}; train again") from error

    def save(self, folder: Path) -> None:
        """Write flow.json. Raises DataError for numbers that JSON does not have."""
        try:
            text = json.dumps(self.to_json(), indent=1, allow_nan=False) + "\n"
        except ValueError as error:
            raise DataError(
                f"a transform was fitted on numbers that are too large: {error}; scale them in "
                "the query"
            ) from error
        (folder / FILE).write_text(text, encoding="utf-8")

    @cached_property
    def _row_flow(self) -> RowFlow:
        return RowFlow(self.columns, self.transforms, self.features)

    def _selected(self, batch: pa.RecordBatch) -> pa.RecordBatch:
        given = batch.schema.names
        missing = [name for name in self.columns if name not in given]
        if missing:
            raise DataError(f"the rows lack {', '.join(missing)}, which the model was fitted on")
        used = [name for name in given if name in self.columns or name == self.target]
        return batch if len(used) == len(given) else batch.select(used)

    def _matrix(self, batch: pa.RecordBatch) -> Numbers:
        columns = dict(zip(batch.schema.names, batch.columns, strict=True))
        for name in self.features:
            kind = columns[name].type
            if not is_feature(kind):
                raise SettingError(
                    f"column {name!r} is of type {kind} after all transforms: a feature must be a "
                    "number or a boolean; encode the column or drop it (DropColumns)"
                )
        found = [as_numbers(columns[name]) for name in self.features]
        return np.column_stack(found) if found else np.zeros((batch.num_rows, 0))

    def _stacked(self, parts: Sequence[Numbers]) -> Numbers:
        return np.vstack([np.zeros((0, len(self.features))), *parts])


def load_flow(folder: Path) -> FittedFlow:
    """Read flow.json; raises DataError if it is missing or has other content."""
    path = folder / FILE
    try:
        return FittedFlow.from_json(json.loads(path.read_text(encoding="utf-8")))
    except (OSError, ValueError) as error:
        if isinstance(error, DataError):
            raise
        raise DataError(f"no flow in {path.name}: {error}; train again") from error
