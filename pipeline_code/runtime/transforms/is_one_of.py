"""Whether a value is one of a list."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from pipeline_code.runtime.flows.columns import CATEGORY, with_columns, with_fields
from pipeline_code.runtime.flows.transform import Row, RowFunction, Transform


@dataclass(frozen=True)
class IsOneOf(Transform):
    """Adds the column `output`: 1 if the value of the only column is one of `values`, else 0."""

    values: Sequence[Any] = ()
    output: str = ""
    allowed = CATEGORY

    def check(self) -> None:
        """Raise SettingError without values or name, or for several columns."""
        if len(self.columns) != 1 or not self.values or not self.output:
            raise self.refused("it needs one column, values, and the name `output`")

    def outputs(self, schema: pa.Schema) -> pa.Schema:
        """One more column."""
        self.require(schema)
        self.require_values(schema, self.columns[0], self.values)
        return with_fields(schema, {self.output: pa.float64()})

    def apply(self, batch: pa.RecordBatch) -> pa.RecordBatch:
        """Add the flag; it is 0 for a missing value."""
        values = batch[self.columns[0]]
        flags = pc.is_in(values, pa.array(list(self.values), values.type))
        return with_columns(batch, {self.output: flags.cast(pa.float64())})

    def row_function(self, schema: pa.Schema) -> RowFunction:
        """Add the flag to a row."""
        column, values = self.columns[0], frozenset(self.values)

        def change(row: Row) -> None:
            row[self.output] = float(row[column] in values)

        return change
