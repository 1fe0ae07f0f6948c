"""The columns that a query reads, found by its text and the columns of the tables."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence

import sqlglot
from sqlglot import exp
from sqlglot.errors import ParseError, SqlglotError
from sqlglot.optimizer.normalize_identifiers import normalize_identifiers
from sqlglot.optimizer.qualify import qualify
from sqlglot.optimizer.scope import Scope, traverse_scope
from sqlglot.schema import MappingSchema

from warehouse import WarehouseError

DIALECT = "redshift"
DEFAULT_SCHEMA = "public"
# The error of sqlglot for a name that is no column.
_UNRESOLVED = re.compile(r"Column '(\w+)' could not be resolved. Line: (\d+)")
# (schema, name)
Table = tuple[str, str]
# The columns of tables, in their order.
Columns = Mapping[Table, tuple[str, ...]]


class QueryError(WarehouseError):
    """The columns that a query reads cannot be found; the message says why.

    `line` is the line of the text, if it is known.
    """

    def __init__(self, message: str, line: int | None = None) -> None:
        super().__init__(message)
        self.line = line


def columns_read(query: str, tables: Columns) -> dict[Table, tuple[str, ...]]:
    """Return the columns that a query reads of each of `tables`, in the order of the table.

    `*` reads all columns. A query that reads no column of a table, as for COUNT(*), needs the
    first one.

    Raises:
        QueryError: the text is not one query, or it reads an unknown table or column.
    """
    scopes = traverse_scope(qualified(parsed_query(query), tables))
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


def parsed_query(query: str) -> exp.Query:
    """Return the tree of a query. Raises QueryError with the line of a syntax error."""
    try:
        tree = sqlglot.parse_one(query, dialect=DIALECT)
    except ParseError as error:
        (first, *_) = error.errors or [{}]
        text = f"{first.get('description', error)}, at {first.get('highlight')!r}"
        raise QueryError(f"the query is not valid SQL: {text}", first.get("line")) from error
    except SqlglotError as error:
        raise QueryError(f"the query is not valid SQL: {error}") from error
    if not isinstance(tree, exp.Query):
        raise QueryError(f"the text is not a query: {query}")
    return tree


def qualified(tree: exp.Query, tables: Columns) -> exp.Query:
    """Return the query with a table for each column, and with columns for `*`.

    Raises:
        QueryError: it reads an unknown table or column.
    """
    schema = mapping_schema({t: dict.fromkeys(columns, "TEXT") for t, columns in tables.items()})
    tree = normalize_identifiers(tree, dialect=DIALECT)
    every: set[str] = set()
    for scope in traverse_scope(tree):
        columns = {name: _columns(source, tables) for name, source in scope.sources.items()}
        every.update(name for each in columns.values() for name in each)
        for column in scope.columns:
            known = columns.get(column.table)
            if known and "*" not in known and column.name not in (*known, "*"):
                raise _unknown_column(column.name, known, line_of(column))
    try:
        return qualify(tree, schema=schema, dialect=DIALECT, db=DEFAULT_SCHEMA)
    except SqlglotError as error:
        if found := _UNRESOLVED.match(str(error)):
            raise _unknown_column(found[1], sorted(every), int(found[2])) from error
        raise QueryError(f"the columns of the query cannot be found: {error}") from error


def mapping_schema(tables: Mapping[Table, Mapping[str, str]]) -> MappingSchema:
    """Return the types of tables for sqlglot."""
    schema = MappingSchema(dialect=DIALECT)
    for (db, name), columns in tables.items():
        schema.add_table(exp.table_(name, db=db), dict(columns), dialect=DIALECT)
    return schema


def _columns(source: exp.Table | Scope, tables: Columns) -> Sequence[str]:
    if isinstance(source, exp.Table):
        return tables[_known(source, tables)]
    names: Sequence[str] = getattr(source.expression, "named_selects", [])
    return names


def _unknown_column(name: str, known: Iterable[str], line: int | None) -> QueryError:
    return QueryError(
        f"the query reads the column {name!r}, which its tables do not have: allowed are "
        f"{', '.join(known)}; correct the name, or add the column to the table",
        line,
    )


def line_of(node: exp.Expr) -> int | None:
    """Return the line of a name in the text of the query."""
    named = next((each for each in node.find_all(exp.Identifier) if "line" in each.meta), None)
    return named.meta["line"] if named else None


def _tables(scope: Scope) -> list[exp.Table]:
    return [source for source in scope.sources.values() if isinstance(source, exp.Table)]


def _known(source: exp.Table, tables: Columns) -> Table:
    table = (source.db or DEFAULT_SCHEMA, source.name)
    if table not in tables:
        known = ", ".join(".".join(each) for each in tables)
        raise QueryError(
            f"the query reads {'.'.join(table)}, which is not a known table: allowed are {known}; "
            "correct the name, or add the table",
            line_of(source),
        )
    return table
