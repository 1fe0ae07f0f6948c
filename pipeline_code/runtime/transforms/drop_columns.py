"""Leaves columns out."""

from dataclasses import dataclass

import pyarrow as pa

from pipeline_code.runtime.flows.columns import with_columns, with_fields
from pipeline_code.runtime.flows.transform import Row, RowFunction, Transform


@dataclass(frozen=True)
class DropColumns(Transform):
    """Leaves columns out, such as a text that other transforms have used."""

    def outputs(self, schema: pa.Schema) -> pa.Schema:
        """The other columns."""
        self.require(schema)
        return with_fields(schema, {}, without=self.columns)

    def apply(self, batch: pa.RecordBatch) -> pa.RecordBatch:
        """Leave the columns out."""
        return with_columns(batch, {}, without=self.columns)

    def row_function(self, schema: pa.Schema) -> RowFunction:
        """Leave the values of a row out."""

        def change(row: Row) -> None:
            for name in self.columns:
                del row[name]

        return change
