"""The columns that a query reads, found by its text and the columns of the tables."""

from __future__ import annotations

from collections.abc import Mapping

import sqlglot
from sqlglot import exp
from sqlglot.errors import SqlglotError
from sqlglot.optimizer.normalize_identifiers import normalize_identifiers
from sqlglot.optimizer.qualify import qualify
from sqlglot.optimizer.scope import Scope, traverse_scope
from sqlglot.schema import MappingSchema

from warehouse import WarehouseError

DIALECT = "redshift"
DEFAULT_SCHEMA = "public"
# (schema, name)
Table = tuple[str, str]
# The columns of tables, in their order.
Columns = Mapping[Table, tuple[str, ...]]


class QueryError(WarehouseError):
    """The columns that a query reads cannot be found; the message says why."""


def columns_read(query: str, tables: Columns) -> dict[Table, tuple[str, ...]]:
    """Return the columns that a query reads of each of `tables`, in the order of the table.

    `*` reads all columns. A query that reads no column of a table, as for COUNT(*), needs the
    first one.

    Raises:
        QueryError: the text is not one query, or it reads an unknown table or column.
    """
    try:
        scopes = traverse_scope(_qualified(query, tables))
    except SqlglotError as error:
        raise QueryError(f"the columns of the query cannot be found: {error}") from error
    read: dict[Table, set[str]] = {}
    for scope in scopes:
        for source in _tables(scope):
            read.setdefault(_known(source, tables), set())
        for column in scope.columns:
            origin = scope.sources.get(column.table)
            if isinstance(origin, exp.Table):
                read[_known(origin, tables)].add(column.name)
    return {
        table: tuple(name for name in tables[table] if name in names) or tables[table][:1]
        for table, names in sorted(read.items())
    }


def _qualified(query: str, tables: Columns) -> exp.Expr:
    """Return the query with a table for each column, and with columns for `*`."""
    schema = MappingSchema(dialect=DIALECT)
    for (db, name), columns in tables.items():
        schema.add_table(exp.table_(name, db=db), dict.fromkeys(columns, "TEXT"), dialect=DIALECT)
    tree = normalize_identifiers(sqlglot.parse_one(query, dialect=DIALECT), dialect=DIALECT)
    if not isinstance(tree, exp.Query):
        raise QueryError(f"the text is not a query: {query}")
    for scope in traverse_scope(tree):
        for source in _tables(scope):
            _known(source, tables)
    return qualify(tree, schema=schema, dialect=DIALECT, db=DEFAULT_SCHEMA)


def _tables(scope: Scope) -> list[exp.Table]:
    return [source for source in scope.sources.values() if isinstance(source, exp.Table)]


def _known(source: exp.Table, tables: Columns) -> Table:
    table = (source.db or DEFAULT_SCHEMA, source.name)
    if table not in tables:
        known = ", ".join(".".join(each) for each in tables)
        raise QueryError(
            f"the query reads {'.'.join(table)}, which no migration creates: it may read {known}"
        )
    return table
