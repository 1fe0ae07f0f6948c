"""The types of the columns that a query returns, found by sqlglot from the types of the tables."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from sqlglot import exp
from sqlglot.errors import SqlglotError
from sqlglot.optimizer.annotate_types import annotate_types
from sqlglot.optimizer.scope import build_scope

from warehouse.query_columns import DIALECT, Table, mapping_schema, parsed_query, qualified

# Functions of Redshift whose types sqlglot does not know.
_FUNCTIONS: Mapping[type[exp.Expr], str] = {
    exp.TsOrDsDiff: "BIGINT",
    exp.TsOrDsAdd: "TIMESTAMP",
    exp.TimestampTrunc: "TIMESTAMP",
}


@dataclass(frozen=True)
class ColumnType:
    """The type of a column in Redshift's SQL, or "" if it is not known.

    A `required` column is declared NOT NULL.
    """

    sql: str
    required: bool = False

    @property
    def tree(self) -> exp.DataType:
        """The type as sqlglot reads it; UNKNOWN for a type that it does not read."""
        try:
            return exp.DataType.build(self.sql or "unknown", dialect=DIALECT)
        except SqlglotError:
            return exp.DataType.build("unknown")

    @property
    def is_plain(self) -> bool:
        """Whether the type is a boolean, a number, a date, a time or a text."""
        types = exp.DataType
        return self.tree.is_type("boolean", "date", "timestamp", "timestamptz") or (
            self.tree.is_type(*types.NUMERIC_TYPES, *types.TEXT_TYPES)
        )


Types = Mapping[str, ColumnType]


def result_types(query: str | exp.Query, tables: Mapping[Table, Types]) -> dict[str, ColumnType]:
    """Return the names and types of the columns that a query returns, in their order.

    Raises:
        QueryError: the text is not one query, or it reads an unknown table or column.
    """
    columns = {table: tuple(types) for table, types in tables.items()}
    tree = parsed_query(query) if isinstance(query, str) else query.copy()
    known = mapping_schema(
        {
            table: {name: each.sql or "UNKNOWN" for name, each in types.items()}
            for table, types in tables.items()
        }
    )
    found = annotate_types(qualified(tree, columns), schema=known, dialect=DIALECT)
    return {each.alias_or_name: _type(each, tables) for each in found.selects}


def columns_of(query: str, tables: Mapping[Table, Types]) -> dict[str, tuple[Table, str]]:
    """Return the table and the column of each column that a query returns unchanged."""
    columns = {table: tuple(types) for table, types in tables.items()}
    tree = qualified(parsed_query(query), columns)
    found = {each.alias_or_name: _origin(each) for each in tree.selects}
    return {name: origin for name, origin in found.items() if origin is not None}


def _type(selected: exp.Expr, tables: Mapping[Table, Types]) -> ColumnType:
    value = selected.unalias()
    origin = _origin(selected)
    if origin is not None:
        found = tables[origin[0]][origin[1]]
        # An outer join adds rows without values.
        return replace(found, required=found.required and not _is_outer(selected))
    if type(value) in _FUNCTIONS:
        return ColumnType(_FUNCTIONS[type(value)])
    kind = value.type
    is_known = kind is not None and not kind.is_type("unknown", "null")
    return ColumnType(kind.sql(DIALECT) if is_known and kind else "", isinstance(value, exp.Count))


def _origin(selected: exp.Expr) -> tuple[Table, str] | None:
    """Return the table and the column whose values a selected column has, if it has one."""
    column, query = selected.unalias(), selected.parent_select
    if not isinstance(column, exp.Column) or query is None:
        return None
    scope = build_scope(query)
    source = scope.sources.get(column.table) if scope else None
    if isinstance(source, exp.Table):
        return (source.db, source.name), column.name
    if source is None or not isinstance(source.expression, exp.Select):
        return None
    inner = {each.alias_or_name: each for each in source.expression.selects}
    return _origin(inner[column.name]) if column.name in inner else None


def _is_outer(selected: exp.Expr) -> bool:
    return any(join.side for join in selected.root().find_all(exp.Join))
