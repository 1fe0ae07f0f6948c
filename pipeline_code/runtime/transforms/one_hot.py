"""A flag for each category of a column."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa

from pipeline_code.runtime.flows.categories import CategoryTransform
from pipeline_code.runtime.flows.columns import from_matrix, with_columns, with_fields
from pipeline_code.runtime.flows.transform import Row, RowFunction


@dataclass(frozen=True)
class OneHot(CategoryTransform):
    """Replaces a column by a column of 0 and 1 for each category, named `column=category`.

    A missing or unknown value has no flag.
    """

    def outputs(self, schema: pa.Schema) -> pa.Schema:
        """The flags of the known categories instead of the columns."""
        self.require(schema)
        names = [f"{n}={value}" for n, values in (self.state or {}).items() for value in values]
        return with_fields(schema, dict.fromkeys(names, pa.float64()), without=self.columns)

    def apply(self, batch: pa.RecordBatch) -> pa.RecordBatch:
        """Add the flags."""
        flags = {}
        for name, categories in self.known().items():
            indices = self.indices(name, batch[name]).fill_null(-1).to_numpy()
            found = (np.arange(len(categories))[:, None] == indices).astype(np.float64)
            for category, column in zip(categories, from_matrix(found), strict=True):
                flags[f"{name}={category}"] = column
        return with_columns(batch, flags, without=self.columns)

    def row_function(self, schema: pa.Schema) -> RowFunction:
        """Add the flags to a row."""
        flags = {name: _flags(name, found) for name, found in self.known().items()}

        def change(row: Row) -> None:
            for name, by_index in flags.items():
                row.update(by_index[self.index(name, row.pop(name))])

        return change


def _flags(name: str, categories: Sequence[Any]) -> dict[int | None, dict[str, float]]:
    """The flags of a value by the number of its category."""
    names = [f"{name}={category}" for category in categories]
    return {
        index: {each: float(number == index) for number, each in enumerate(names)}
        for index in (None, *range(len(names)))
    }
