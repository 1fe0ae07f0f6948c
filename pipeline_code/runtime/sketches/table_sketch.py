"""The statistics of a table: of each column, of repeated rows, and a sample of the rows."""

from dataclasses import dataclass, field

import pyarrow as pa

from pipeline_code.runtime.job_errors import DataError
from pipeline_code.runtime.sketches.column_sketch import ColumnSketch, plain
from pipeline_code.runtime.sketches.distinct_values import (
    DistinctValues,
    hashes_of,
    hashes_of_rows,
)
from pipeline_code.runtime.sketches.row_sample import RowSample


@dataclass(eq=False)
class TableSketch:
    """The statistics of the rows of a table. `distinct` counts different rows."""

    rows: int = 0
    columns: dict[str, ColumnSketch] = field(default_factory=dict)
    distinct: DistinctValues = field(default_factory=DistinctValues)
    sample: RowSample = field(default_factory=RowSample)

    def update(self, rows: pa.Table) -> None:
        """Add a batch. Raises DataError for other columns than before, or of other kinds."""
        self._require(rows.column_names)
        rows = pa.table({name: plain(rows[name], name=name) for name in self.columns})
        self.rows += rows.num_rows
        hashes = {name: hashes_of(rows[name]) for name in self.columns}
        for name, column in self.columns.items():
            column.add(rows[name], hashes[name])
        # The hash of a row depends on the order of its columns.
        self.distinct.add(hashes_of_rows([hashes[name] for name in sorted(hashes)]))
        self.sample.update(rows)

    def merge(self, other: "TableSketch") -> None:
        """Add the rows of another summary. Raises DataError like `update`."""
        self._require(list(other.columns))
        self.rows += other.rows
        for name, each in self.columns.items():
            each.merge(other.columns[name])
        self.distinct.merge(other.distinct)
        self.sample.merge(other.sample)

    def _require(self, names: list[str]) -> None:
        if not self.columns:
            self.columns = {name: ColumnSketch() for name in names}
        if self.columns.keys() != set(names):
            raise DataError(
                f"parts of the table have different columns: {', '.join(self.columns)} and "
                f"{', '.join(names)}; check the files"
            )
