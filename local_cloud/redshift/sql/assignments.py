"""Values that are assigned to a column: converts them to its type, and checks their length."""

from __future__ import annotations

from sqlglot import exp

from local_cloud.redshift.catalog import Catalog, Column
from local_cloud.redshift.declared_types import data_type
from local_cloud.redshift.redshift_types import RedshiftType
from local_cloud.redshift.sql.conversions import converted
from local_cloud.redshift.sql.identifiers import quoted_name
from local_cloud.redshift.sql.node_types import is_untyped
from local_cloud.redshift.sql.resolution import projections, resolved
from local_cloud.redshift.sql.templates import duckdb_sql
from local_cloud.redshift.sql.translate import translated
from local_cloud.redshift.sql.translation_context import TranslationContext
from local_cloud.redshift.statement_errors import StatementFailed

_NOTHING = Catalog({}, frozenset(), (), {}, ("public",))


def assigned(value: str, declared: RedshiftType) -> str:
    """Return SQL for a converted value that fails if the value is too long for the column."""
    if declared.is_text:
        return f"main.as_{declared.name}({value}, {declared.precision})"
    return value


def assigned_column(name: str, of: RedshiftType, declared: RedshiftType) -> str:
    """Return SQL that converts and checks a column of a query; `of` is its type."""
    column = exp.column(exp.to_identifier(name, quoted=True))
    column.type = data_type(of)
    return assigned(duckdb_sql(converted(column, declared)), declared)


def assigned_node(node: exp.Expr, declared: RedshiftType) -> str:
    """Return SQL that converts and checks a translated expression."""
    return assigned(duckdb_sql(converted(node, declared)), declared)


def values_sql(values: exp.Values, columns: list[Column], context: TranslationContext) -> str:
    """Return DuckDB's VALUES for the rows of an INSERT. Values have the types of the columns."""
    rows = [_row(row, columns, context) for row in values.expressions]
    return f"VALUES {', '.join(rows)}"


def _row(row: exp.Expr, columns: list[Column], context: TranslationContext) -> str:
    if len(row.expressions) > len(columns):
        raise StatementFailed("ERROR: INSERT has more expressions than target columns")
    items = [
        _item(item, column, context) for item, column in zip(row.expressions, columns, strict=False)
    ]
    return f"({', '.join(items)})"


def _item(item: exp.Expr, column: Column, context: TranslationContext) -> str:
    if isinstance(item, exp.Var) and item.name.upper() == "DEFAULT":
        return column.default or "NULL"
    if is_untyped(item):
        return duckdb_sql(converted(item, column.type))
    if isinstance(item, exp.Literal) and column.type.is_number:
        return str(item.name)
    return duckdb_sql(converted(scalar(item, context), column.type))


def scalar(node: exp.Expr, context: TranslationContext) -> exp.Expr:
    """Translate an expression that contains no columns."""
    query = resolved(exp.select(exp.alias_(node.copy(), "value")), _NOTHING)
    return projections(translated(query, context))[0]


def assignment(column: str, value: str) -> str:
    """Return `"column" = value` for an UPDATE."""
    return f"{quoted_name(column)} = {value}"
