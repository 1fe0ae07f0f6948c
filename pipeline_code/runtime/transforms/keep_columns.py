"""Keeps some columns, in an order."""

from dataclasses import dataclass

import pyarrow as pa

from pipeline_code.runtime.flows.transform import Row, RowFunction, Transform


@dataclass(frozen=True)
class KeepColumns(Transform):
    """Keeps the columns, in this order, as the last transform: it leaves out the target, too."""

    def outputs(self, schema: pa.Schema) -> pa.Schema:
        """The columns in their order."""
        self.require(schema)
        return pa.schema([schema.field(name) for name in self.columns])

    def apply(self, batch: pa.RecordBatch) -> pa.RecordBatch:
        """Keep the columns."""
        return batch.select(list(self.columns))

    def row_function(self, schema: pa.Schema) -> RowFunction:
        """Keep all values of a row, because only the features are read."""
        return _unchanged


def _unchanged(row: Row) -> None:
    """Change nothing."""
