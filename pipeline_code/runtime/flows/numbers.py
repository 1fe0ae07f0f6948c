"""Transforms that change each column of numbers separately."""

from dataclasses import dataclass
from math import isnan, nan

import numpy as np
import pyarrow as pa

from pipeline_code.runtime.flows.columns import (
    NUMBER,
    Numbers,
    as_numbers,
    from_numbers,
    with_columns,
    with_fields,
)
from pipeline_code.runtime.flows.transform import Row, RowFunction, Transform


@dataclass(frozen=True)
class NumberTransform(Transform):
    """A transform of columns of numbers. A subclass defines `changed`, for batches and rows."""

    allowed = NUMBER

    def outputs(self, schema: pa.Schema) -> pa.Schema:
        """The columns become floating-point numbers."""
        self.require(schema)
        return with_fields(schema, dict.fromkeys(self.columns, pa.float64()))

    def changed(self, name: str, numbers: Numbers) -> Numbers:
        """The new numbers of a column, of shape (rows,); NaN is a missing value."""
        raise NotImplementedError

    def apply(self, batch: pa.RecordBatch) -> pa.RecordBatch:
        """Change the numbers; missing values stay missing."""
        changed = {name: self.changed(name, as_numbers(batch[name])) for name in self.columns}
        return with_columns(batch, {name: from_numbers(each) for name, each in changed.items()})

    def row_function(self, schema: pa.Schema) -> RowFunction:
        """Change the numbers of a row."""

        def change(row: Row) -> None:
            for name in self.columns:
                value = row[name]
                numbers = np.array([nan if value is None else value], dtype=np.float64)
                number = float(self.changed(name, numbers)[0])
                row[name] = None if isnan(number) else number

        return change
