"""Adds columns of another source."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Self

import pyarrow as pa
import pyarrow.compute as pc

from pipeline_code.runtime.flows.columns import CATEGORY, with_columns, with_fields
from pipeline_code.runtime.flows.transform import Transform
from pipeline_code.runtime.job_errors import DataError

# They are saved with the model.
MOST_ROWS = 100_000
_TYPES = ("double", "int64", "bool", "string")


@dataclass(frozen=True)
class Join(Transform):
    """Adds columns of the row of another source whose `columns` have the same values.

    `source` is a name of the sources that `Flow.fit` gets, and `adds` is name -> type, such as
    "double", "int64", "bool" or "string". The rows of the source, at most 100,000, are saved with
    the model, so that a request needs the key only. Without a matching row the values are missing.
    """

    source: str = ""
    adds: Mapping[str, str] | None = None
    allowed = CATEGORY
    by_column = False

    def check(self) -> None:
        """Raise SettingError without a source or columns to add."""
        if not self.source or not self.adds:
            raise self.refused("it needs the name `source`, and `adds`: name -> type of columns")
        for name, kind in self.adds.items():
            self.require_choice(f"the type of {name}", kind, _TYPES)

    def outputs(self, schema: pa.Schema) -> pa.Schema:
        """The columns, and those of the source."""
        self.require(schema)
        return with_fields(schema, self._types)

    @property
    def needs_fit(self) -> bool:
        """Whether it has no rows of the source yet."""
        return self.state is None

    def joined(self, sources: Mapping[str, pa.Table]) -> Self:
        """The state has the rows of the source; raises DataError if keys are not unique."""
        rows = self._rows(sources)
        keys = _joined_keys([rows[name] for name in self.columns])
        if pc.count_distinct(keys, mode="all").as_py() < rows.num_rows or keys.null_count:
            raise DataError(
                f"the source {self.source!r} has missing or repeated values of "
                f"{', '.join(self.columns)}: a row must match at most one of its rows"
            )
        found = {n: rows[n].cast(kind).to_pylist() for n, kind in self._types.items()}
        return replace(self, state={"keys": keys.to_pylist(), "columns": found})

    def apply(self, batch: pa.RecordBatch) -> pa.RecordBatch:
        """Add the columns."""
        state = self.known()
        keys = _joined_keys([batch[name] for name in self.columns])
        rows = pc.index_in(keys, pa.array(state["keys"], pa.string()))
        added = {n: pa.array(state["columns"][n], kind) for n, kind in self._types.items()}
        return with_columns(batch, {name: values.take(rows) for name, values in added.items()})

    @property
    def _types(self) -> dict[str, pa.DataType]:
        return {name: pa.type_for_alias(kind) for name, kind in (self.adds or {}).items()}

    def _rows(self, sources: Mapping[str, pa.Table]) -> pa.Table:
        if self.source not in sources:
            given = ", ".join(sources) or "none"
            raise self.refused(f"no source {self.source!r}: the given sources: {given}")
        rows, needed = sources[self.source], [*self.columns, *self._types]
        missing = [name for name in needed if name not in rows.column_names]
        if missing or rows.num_rows > MOST_ROWS:
            raise DataError(
                f"the source {self.source!r} has {rows.num_rows} rows and lacks the columns "
                f"{', '.join(missing) or 'none'}: allowed are {MOST_ROWS} rows; join larger "
                "tables in the query"
            )
        return rows


def _joined_keys(columns: list[pa.Array]) -> pa.Array:
    """One text for each row, or null if a column has no value."""
    keys = pc.binary_join_element_wise(*(each.cast(pa.string()) for each in columns), "\x1f")
    return keys.combine_chunks() if isinstance(keys, pa.ChunkedArray) else keys
