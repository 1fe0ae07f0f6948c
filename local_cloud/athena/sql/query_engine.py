"""Runs a query in a DuckDB of its own, which contains only the tables that the query reads."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from typing import Any

import duckdb
import pyarrow as pa
from sqlglot import exp

from local_cloud.athena.errors import QueryFailed
from local_cloud.athena.sql.catalog import LakeCatalog
from local_cloud.athena.sql.column_definitions import ColumnDefinition, definitions
from local_cloud.athena.sql.loaded_tables import LoadedTables
from local_cloud.athena.sql.trino_query import Relation

_SETTINGS = (
    "SET enable_external_access = false",
    "SET ieee_floating_point_ops = true",
    "SET error_on_division_by_zero = false",
    "SET TimeZone = 'UTC'",
    "SET default_null_order = 'nulls_last'",
    "SET lock_configuration = true",
)


@dataclass(frozen=True)
class QueryResult:
    """The names and DuckDB types of the columns, and all rows."""

    names: Sequence[str]
    types: Sequence[str]
    rows: pa.Table

    def values(self) -> list[tuple[Any, ...]]:
        """Return the rows as Python values."""
        columns = [self.rows.column(place).to_pylist() for place in range(len(self.names))]
        return list(zip(*columns, strict=True))


class QueryEngine:
    """The database of one query. Another thread can cancel the query."""

    def __init__(self) -> None:
        self._connection: duckdb.DuckDBPyConnection | None = None
        self._cancelled = threading.Event()

    def run(self, tree: exp.Query, database: str, catalog: LakeCatalog) -> QueryResult:
        """Load the tables of the query and run it. Raises QueryFailed."""
        with self._query(tree, database, catalog) as found:
            types = [str(kind) for kind in found.types]
            return QueryResult(found.columns, types, found.to_arrow_table())

    def columns(
        self, tree: exp.Query, database: str, catalog: LakeCatalog, *, replaced: Relation
    ) -> list[ColumnDefinition]:
        """Return the columns of a query for a view, without reading its rows.

        `replaced` is the view, which the query must not read. Raises QueryFailed.
        """
        without_rows = replace(catalog, empty=True)
        with self._query(tree, database, without_rows, within=(replaced,)) as found:
            return definitions(found.columns, [str(kind) for kind in found.types])

    @contextmanager
    def _query(
        self,
        tree: exp.Query,
        database: str,
        catalog: LakeCatalog,
        *,
        within: tuple[Relation, ...] = (),
    ) -> Iterator[duckdb.DuckDBPyRelation]:
        try:
            with duckdb.connect(":memory:") as connection:
                for setting in _SETTINGS:
                    connection.execute(setting)
                self._connection = connection
                tables = LoadedTables(connection, catalog, self._check_cancelled)
                yield connection.sql(tables.load(tree, database, within))
        except duckdb.Error as error:
            raise QueryFailed(_message(error)) from error

    def cancel(self) -> None:
        """Interrupt the query."""
        self._cancelled.set()
        if self._connection is not None:
            # A query that has ended has closed its connection.
            with suppress(duckdb.ConnectionException):
                self._connection.interrupt()

    def _check_cancelled(self) -> None:
        if self._cancelled.is_set():
            raise QueryFailed("Query cancelled by user")


def _message(error: duckdb.Error) -> str:
    text = str(error).splitlines()[0]
    if "DIVISION_BY_ZERO" in text:
        return "DIVISION_BY_ZERO: Division by zero"
    return f"SYNTAX_ERROR: {text}" if isinstance(error, duckdb.ProgrammingError) else text
