"""The Redshift types of a query's output, as far as its text and the catalog tell."""

from __future__ import annotations

from dataclasses import dataclass, field

from sqlglot import exp
from sqlglot.errors import OptimizeError
from sqlglot.optimizer.annotate_types import annotate_types
from sqlglot.optimizer.qualify import qualify

from local_cloud.redshift.catalog import Catalog, Relation
from local_cloud.redshift.redshift_types import RedshiftType, character_type
from local_cloud.redshift.sql.dialect import DIALECT

_MARK = "redshift"


@dataclass(frozen=True)
class OutputColumn:
    """What is known of one output column before the query runs.

    `type` is set for CHAR and VARCHAR only: the other types follow from the values.
    """

    type: RedshiftType | None = None
    relation: Relation | None = None
    nullable: bool = True


@dataclass(frozen=True)
class Inference:
    """The output columns of a query and the types of its marked expressions."""

    outputs: tuple[OutputColumn, ...] = ()
    types: dict[int, exp.DataType] = field(default_factory=dict)

    def type_of(self, node: exp.Expr) -> exp.DataType | None:
        """The inferred type of an expression of the tree that was given to `infer`."""
        return self.types.get(node.meta.get(_MARK, -1))


def infer(tree: exp.Expr, catalog: Catalog) -> Inference:
    """Types of a statement whose relations are qualified; nothing where sqlglot cannot tell."""
    for number, node in enumerate(tree.walk()):
        node.meta[_MARK] = number
    schema = catalog.sqlglot_schema()
    try:
        resolved = qualify(
            tree.copy(), schema=schema, dialect=DIALECT, validate_qualify_columns=False
        )
        resolved = annotate_types(resolved, schema=schema, dialect=DIALECT)
    except OptimizeError:
        # A name that does not resolve: DuckDB is asked next and says so itself.
        return Inference()
    types = {
        node.meta[_MARK]: node.type for node in resolved.walk() if node.type and _MARK in node.meta
    }
    outputs = resolved.selects if isinstance(resolved, exp.Query) else []
    return Inference(tuple(_output(column, catalog) for column in outputs), types)


def _output(projection: exp.Expr, catalog: Catalog) -> OutputColumn:
    value = projection.unalias()
    declared = character_type(value.type) if value.type is not None else None
    if not isinstance(value, exp.Column):
        return OutputColumn(declared)
    relation = _relation(value)
    columns = catalog.relations.get(relation, ()) if relation else ()
    nullable = next((c.nullable for c in columns if c.name == value.name), True)
    return OutputColumn(declared, relation, nullable)


def _relation(column: exp.Column) -> Relation | None:
    """The relation a column comes from, when its query reads that directly."""
    query = column.find_ancestor(exp.Select)
    if query is None:
        return None
    for source in query.find_all(exp.Table):
        named = source.alias_or_name == column.table and source.parent_select is query
        if named and source.db:
            return source.db, source.name
    return None
