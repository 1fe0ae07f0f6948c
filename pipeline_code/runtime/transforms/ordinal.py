"""The number of the category of a column."""

from dataclasses import dataclass

import pyarrow as pa

from pipeline_code.runtime.flows.categories import CategoryTransform
from pipeline_code.runtime.flows.columns import with_columns, with_fields
from pipeline_code.runtime.flows.transform import Row, RowFunction


@dataclass(frozen=True)
class Ordinal(CategoryTransform):
    """Replaces a value by the position of its category, from 0. Other values are missing."""

    def outputs(self, schema: pa.Schema) -> pa.Schema:
        """The columns become floating-point numbers."""
        self.require(schema)
        return with_fields(schema, dict.fromkeys(self.columns, pa.float64()))

    def apply(self, batch: pa.RecordBatch) -> pa.RecordBatch:
        """Replace the values."""
        found = {name: self.indices(name, batch[name]) for name in self.columns}
        return with_columns(batch, {n: each.cast(pa.float64()) for n, each in found.items()})

    def row_function(self, schema: pa.Schema) -> RowFunction:
        """Replace the values of a row."""

        def change(row: Row) -> None:
            for name in self.columns:
                position = self.index(name, row[name])
                row[name] = None if position is None else float(position)

        return change
