"""Computes columns with SQL."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import pyarrow as pa

from pipeline_code.runtime.flows.columns import without_nan
from pipeline_code.runtime.flows.transform import Transform
from pipeline_code.runtime.job_errors import DataError, SettingError


@dataclass(frozen=True)
class Sql(Transform):
    """Adds columns by SQL expressions, such as `price / seats AS price_of_seat`.

    The expressions are those of DuckDB, which the images do not contain: add `duckdb` to
    requirements.txt of the pipeline. They see one row; aggregate functions are rejected because the
    number of rows must stay. They have no access to files or the network.
    """

    expressions: Sequence[str] = ()
    by_column = False

    def check(self) -> None:
        """Raise SettingError without expressions."""
        if not self.expressions:
            raise self.refused("expressions is empty: must be a list such as ['a + b AS c']")

    def outputs(self, schema: pa.Schema) -> pa.Schema:
        """The columns and the results."""
        self.require(schema)
        return self._run(pa.RecordBatch.from_pylist([], schema=schema)).schema

    def apply(self, batch: pa.RecordBatch) -> pa.RecordBatch:
        """Add the results; raises DataError if an expression fails."""
        return self._run(batch)

    def _run(self, batch: pa.RecordBatch) -> pa.RecordBatch:
        duckdb = _duckdb()
        rows = pa.Table.from_batches([batch.select(list(self.columns))])
        settings = {
            **{"enable_external_access": False, "python_enable_replacements": False},
            **{"lock_configuration": True, "threads": 1},
        }
        with duckdb.connect(":memory:", config=settings) as connection:
            connection.register("flow_rows", rows)
            try:
                query = f"SELECT {', '.join(self.expressions)} FROM flow_rows"
                found = connection.sql(query).to_arrow_table().combine_chunks()
            except duckdb.Error as error:
                raise DataError(f"Sql: {'; '.join(self.expressions)[:200]}: {error}") from error
        if found.num_rows != batch.num_rows:
            raise SettingError(
                f"Sql: {batch.num_rows} rows became {found.num_rows}: an expression must have one "
                "value for each row"
            )
        return _appended(batch, found)


def _duckdb() -> Any:
    try:
        import duckdb
    except ImportError as error:
        raise SettingError(
            "Sql: the image has no duckdb: add it to requirements.txt of the pipeline and run "
            "`python -m pipeline_code wheels NAME`, or use another transform"
        ) from error
    return duckdb


def _appended(batch: pa.RecordBatch, found: pa.Table) -> pa.RecordBatch:
    columns = {name: batch[name] for name in batch.schema.names}
    for name in found.column_names:
        columns[name] = _plain(found[name].combine_chunks())
    return pa.RecordBatch.from_arrays(list(columns.values()), names=list(columns))


def _plain(values: Any) -> pa.Array:
    """Decimals become floating-point numbers, which other transforms accept, and NaN null."""
    values = values.combine_chunks() if isinstance(values, pa.ChunkedArray) else values
    return without_nan(values.cast(pa.float64()) if pa.types.is_decimal(values.type) else values)
