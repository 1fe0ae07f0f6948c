"""Runs a query in a DuckDB of its own, which contains only the tables that the query reads."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

import duckdb
import pyarrow as pa
from sqlglot import exp

from local_cloud.athena.errors import QueryFailed
from local_cloud.athena.sql.catalog import LakeCatalog
from local_cloud.athena.sql.trino_query import Relation, tables_of, to_duckdb
from local_cloud.redshift.sql.identifiers import quoted_name

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
        relations = tables_of(tree, database)
        try:
            with duckdb.connect(":memory:") as connection:
                for setting in _SETTINGS:
                    connection.execute(setting)
                self._connection = connection
                self._check_cancelled()
                for relation in relations:
                    _load(connection, relation, catalog)
                    self._check_cancelled()
                sql = to_duckdb(tree, database, {**_schema(connection, relations)})
                found = connection.sql(sql)
                types = [str(kind) for kind in found.types]
                return QueryResult(found.columns, types, found.to_arrow_table())
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


def _load(connection: duckdb.DuckDBPyConnection, relation: Relation, catalog: LakeCatalog) -> None:
    schema, table = (quoted_name(name) for name in relation)
    connection.execute(f"CREATE SCHEMA IF NOT EXISTS {schema}")
    connection.register("loaded_rows", catalog.rows(*relation))
    connection.execute(f"CREATE TABLE {schema}.{table} AS SELECT * FROM loaded_rows")
    connection.unregister("loaded_rows")


def _schema(
    connection: duckdb.DuckDBPyConnection, relations: Iterable[Relation]
) -> dict[str, dict[str, dict[str, str]]]:
    schema: dict[str, dict[str, dict[str, str]]] = {}
    for database, table in relations:
        found = connection.table(f"{quoted_name(database)}.{quoted_name(table)}")
        types = [_athena_type(str(kind)) for kind in found.types]
        schema.setdefault(database, {})[table] = dict(zip(found.columns, types, strict=True))
    return schema


def _athena_type(name: str) -> str:
    return {"FLOAT": "REAL"}.get(name, name)


def _message(error: duckdb.Error) -> str:
    text = str(error).splitlines()[0]
    if "DIVISION_BY_ZERO" in text:
        return "DIVISION_BY_ZERO: Division by zero"
    return f"SYNTAX_ERROR: {text}" if isinstance(error, duckdb.ProgrammingError) else text
