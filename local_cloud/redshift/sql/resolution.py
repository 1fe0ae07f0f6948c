"""Resolves the names and types of a query: qualifies columns, and expands stars and aliases."""

from __future__ import annotations

from dataclasses import dataclass

from sqlglot import exp
from sqlglot.errors import OptimizeError
from sqlglot.optimizer.qualify import qualify
from sqlglot.optimizer.scope import traverse_scope

from local_cloud.redshift.catalog import Catalog, Relation
from local_cloud.redshift.declared_types import character_type
from local_cloud.redshift.error_messages import resolution_error
from local_cloud.redshift.redshift_types import RedshiftType
from local_cloud.redshift.sql.dialect import DIALECT
from local_cloud.redshift.sql.output_names import name_outputs
from local_cloud.redshift.sql.type_rules import METADATA, Annotator


@dataclass(frozen=True)
class OutputColumn:
    """An output column, before the query runs.

    `type` is set for CHAR and VARCHAR only. Other types are determined from DuckDB's result.
    """

    type: RedshiftType | None = None
    relation: Relation | None = None
    nullable: bool = True


def resolved(tree: exp.Expr, catalog: Catalog) -> exp.Expr:
    """Resolve a query with qualified relations: each column gets its table and its type.

    `tree` is modified. Raises StatementFailed for unknown names.
    """
    name_outputs(tree)
    schema = catalog.sqlglot_schema()
    try:
        found = qualify(tree, schema=schema, dialect=DIALECT, validate_qualify_columns=False)
    except OptimizeError as error:
        raise resolution_error(str(error)) from error
    typed: exp.Expr = Annotator(schema, expression_metadata=METADATA).annotate(found)
    return typed


def output_columns(tree: exp.Expr, catalog: Catalog) -> tuple[OutputColumn, ...]:
    """Return the output columns of a resolved query."""
    return tuple(_output(value, catalog) for value in projections(tree))


def projections(tree: exp.Expr) -> list[exp.Expr]:
    """Return the expressions of a query's output columns, without aliases."""
    return [column.unalias() for column in tree.selects] if isinstance(tree, exp.Query) else []


def columns_read(tree: exp.Expr) -> set[tuple[Relation, str]]:
    """Return the relation and the name of each column that a resolved query reads."""
    found = set()
    for scope in traverse_scope(tree):
        for column in scope.columns:
            source = scope.sources.get(column.table)
            if isinstance(source, exp.Table):
                found.add(((source.db, source.name), column.name))
    return found


def _output(value: exp.Expr, catalog: Catalog) -> OutputColumn:
    declared = character_type(value.type) if value.type is not None else None
    if not isinstance(value, exp.Column):
        return OutputColumn(declared)
    relation = _relation(value)
    columns = catalog.relations.get(relation, ()) if relation else ()
    nullable = next((c.nullable for c in columns if c.name == value.name), True)
    return OutputColumn(declared, relation, nullable)


def _relation(column: exp.Column) -> Relation | None:
    """Return the relation of a column, if the query reads this relation directly."""
    query = column.find_ancestor(exp.Select)
    if query is None:
        return None
    for source in query.find_all(exp.Table):
        named = source.alias_or_name == column.table and source.parent_select is query
        if named and source.db:
            return source.db, source.name
    return None
