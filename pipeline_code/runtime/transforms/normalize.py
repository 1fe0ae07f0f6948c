"""Scales the numbers of each row to a common length."""

from dataclasses import dataclass
from typing import Literal

import numpy as np
import pyarrow as pa

from pipeline_code.runtime.flows.columns import (
    NUMBER,
    as_numbers,
    from_numbers,
    with_columns,
    with_fields,
)
from pipeline_code.runtime.flows.transform import Transform


@dataclass(frozen=True)
class Normalize(Transform):
    """Divides the columns, a vector for each row, by its length.

    The length is the root of the sum of squares (`l2`), the sum of absolute values (`l1`), or the
    largest absolute value (`max`). A vector of zeros stays; one with a missing value is missing.
    """

    norm: Literal["l2", "l1", "max"] = "l2"
    allowed = NUMBER
    by_column = False

    def check(self) -> None:
        """Raise SettingError for an unknown norm."""
        self.require_choice("norm", self.norm, ("l2", "l1", "max"))

    def outputs(self, schema: pa.Schema) -> pa.Schema:
        """The columns become floating-point numbers."""
        self.require(schema)
        return with_fields(schema, dict.fromkeys(self.columns, pa.float64()))

    def apply(self, batch: pa.RecordBatch) -> pa.RecordBatch:
        """Scale the rows."""
        vectors = np.column_stack([as_numbers(batch[name]) for name in self.columns])
        order = {"l2": 2, "l1": 1, "max": np.inf}[self.norm]
        lengths = np.linalg.norm(vectors, ord=order, axis=1, keepdims=True)
        scaled = vectors / np.where(lengths == 0, 1.0, lengths)
        pairs = zip(self.columns, scaled.T, strict=True)
        return with_columns(batch, {name: from_numbers(column) for name, column in pairs})
