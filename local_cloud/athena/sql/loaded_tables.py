"""Loads the tables of a query into its DuckDB. A view is a table with the rows of its query."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

import duckdb
from sqlglot import exp

from local_cloud.athena.errors import QueryFailed
from local_cloud.athena.sql.catalog import LakeCatalog
from local_cloud.athena.sql.column_definitions import definitions
from local_cloud.athena.sql.trino_query import CATALOG, Relation, Schema, tables_of, to_duckdb
from local_cloud.athena.sql.views import View
from local_cloud.redshift.sql.identifiers import quoted_name


@dataclass
class LoadedTables:
    """The tables in the database of one query. `proceed` raises an error to cancel the query."""

    connection: duckdb.DuckDBPyConnection
    catalog: LakeCatalog
    proceed: Callable[[], None]
    _loaded: set[Relation] = field(default_factory=set)

    def load(self, tree: exp.Query, database: str, within: tuple[Relation, ...] = ()) -> str:
        """Load the tables of a query. Return the query for DuckDB.

        `within` are the views that the query belongs to, from the outer to the inner one.
        """
        relations = tables_of(tree, database)
        for relation in relations:
            if relation in within:
                name = ".".join((CATALOG, *relation))
                raise QueryFailed(f"VIEW_IS_RECURSIVE: View is recursive: '{name}'")
            if relation not in self._loaded:
                self.proceed()
                self._load(relation, within)
                self._loaded.add(relation)
        self.proceed()
        return to_duckdb(tree, database, {**self._schema(relations)})

    def _load(self, relation: Relation, within: tuple[Relation, ...]) -> None:
        self.connection.execute(f"CREATE SCHEMA IF NOT EXISTS {quoted_name(relation[0])}")
        found = self.catalog.rows(*relation)
        if isinstance(found, View):
            self._load_view(found, relation, within)
            return
        self.connection.register("loaded_rows", found)
        self.connection.execute(f"CREATE TABLE {_quoted(relation)} AS SELECT * FROM loaded_rows")
        self.connection.unregister("loaded_rows")

    def _load_view(self, view: View, relation: Relation, within: tuple[Relation, ...]) -> None:
        sql = self.load(view.query(), view.database, (*within, relation))
        found = self.connection.sql(sql)
        view.check_columns(definitions(found.columns, [str(kind) for kind in found.types]))
        columns = ", ".join(
            f"CAST({quoted_name(name)} AS {_duckdb_type(kind)}) AS {quoted_name(name)}"
            for name, kind in view.columns
        )
        self.connection.execute(
            f"CREATE TABLE {_quoted(relation)} AS SELECT {columns} FROM ({sql}) AS viewed"
        )

    def _schema(self, relations: Iterable[Relation]) -> Schema:
        schema: dict[str, dict[str, dict[str, str]]] = {}
        for relation in relations:
            found = self.connection.table(_quoted(relation))
            types = [_athena_type(str(kind)) for kind in found.types]
            columns = dict(zip(found.columns, types, strict=True))
            schema.setdefault(relation[0], {})[relation[1]] = columns
        return {**schema}


def _quoted(relation: Relation) -> str:
    return ".".join(map(quoted_name, relation))


def _duckdb_type(kind: str) -> str:
    return exp.DataType.build(kind, dialect="trino").sql("duckdb")


def _athena_type(name: str) -> str:
    return {"FLOAT": "REAL"}.get(name, name)
