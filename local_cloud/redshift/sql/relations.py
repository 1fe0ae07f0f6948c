"""Finds the tables and views that a statement reads or writes."""

from __future__ import annotations

from collections.abc import Iterator

from sqlglot import exp

from local_cloud.redshift.catalog import Catalog, Relation
from local_cloud.redshift.statement_errors import StatementFailed, refused

_SYSTEM_SCHEMAS = ("information_schema", "pg_catalog")


def relations(tree: exp.Expr) -> Iterator[exp.Table]:
    """Yield the table nodes that refer to relations, not to common table expressions."""
    for table in tree.find_all(exp.Table):
        if not _names_common_table(table):
            yield table


def parts(table: exp.Table) -> tuple[str, ...]:
    """Return the written name: (name,), (schema, name) or (database, schema, name)."""
    return tuple(part for part in (table.catalog, table.db, table.name) if part)


def qualify_relations(tree: exp.Expr, catalog: Catalog) -> list[Relation]:
    """Add the schema to each relation in the tree. Return the relations in order."""
    found = []
    for table in list(relations(tree)):
        relation = catalog.resolve(parts(table))
        if relation[0] in catalog.external:
            raise refused(f"the external table {'.'.join(parts(table))} in this statement")
        if relation not in catalog.relations:
            raise _missing(catalog, parts(table))
        _set_relation(table, relation)
        found.append(relation)
    return found


def _missing(catalog: Catalog, name: tuple[str, ...]) -> StatementFailed:
    if len(name) > 1 and name[-2] not in (*catalog.schemas, *_SYSTEM_SCHEMAS):
        return StatementFailed(f'ERROR: schema "{name[-2]}" does not exist')
    return StatementFailed(f'ERROR: relation "{".".join(name)}" does not exist')


def _set_relation(table: exp.Table, relation: Relation) -> None:
    schema, name = relation
    table.set("catalog", None)
    table.set("db", exp.to_identifier(schema, quoted=True))
    table.set("this", exp.to_identifier(name, quoted=True))


def _names_common_table(table: exp.Table) -> bool:
    """Return whether an unqualified name refers to a WITH clause in scope."""
    if table.db:
        return False
    child: exp.Expr = table
    while child.parent is not None:
        parent = child.parent
        clause = parent.args.get("with_")
        if clause is not None and clause is not child and _binds(clause.expressions, table.name):
            return True
        if isinstance(parent, exp.With) and _binds(_visible(parent, child), table.name):
            return True
        child = parent
    return False


def _visible(clause: exp.With, inside: exp.Expr) -> list[exp.Expr]:
    """Return the common tables to which `inside` may refer: earlier ones; itself if RECURSIVE."""
    position = next(i for i, common in enumerate(clause.expressions) if common is inside)
    return list(clause.expressions[: position + bool(clause.args.get("recursive"))])


def _binds(common_tables: list[exp.Expr], name: str) -> bool:
    return any(common.alias == name for common in common_tables)


def target(tree: exp.Expr) -> exp.Table:
    """Return the table that an INSERT, UPDATE, DELETE, CREATE or ALTER changes."""
    node = tree.this
    while isinstance(node, exp.Schema):
        node = node.this
    if not isinstance(node, exp.Table):
        raise StatementFailed(f"ERROR: a table is expected in: {tree.sql('redshift')}")
    return node
