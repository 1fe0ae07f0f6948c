"""Decides what a statement is, and runs it. Definitions outside `_DEFINITIONS` are rejected."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from sqlglot import exp

from local_cloud.athena.errors import QueryFailed, unsupported
from local_cloud.athena.s3.unload_files import write_rows
from local_cloud.athena.sql import table_definitions, view_definitions
from local_cloud.athena.sql.catalog import LakeCatalog
from local_cloud.athena.sql.created_tables import create_table_as
from local_cloud.athena.sql.inserted_rows import insert_into
from local_cloud.athena.sql.query_context import QueryContext
from local_cloud.athena.sql.query_engine import QueryResult
from local_cloud.athena.sql.trino_query import parsed, with_parameters
from local_cloud.athena.sql.unload_statement import UnloadStatement, unload_statement

CREATE_TABLE_AS, INSERT, UNLOAD = "CREATE_TABLE_AS_SELECT", "INSERT", "UNLOAD"
Definition = Callable[[exp.Expr, str, LakeCatalog], None]


@dataclass(frozen=True)
class Statement:
    """A statement: its type in the API (DML, DDL), and the tree or the parts of UNLOAD."""

    type: str
    substatement: str
    tree: exp.Expr | UnloadStatement


@dataclass(frozen=True)
class Outcome:
    """The result of a query, or the URIs and the number of rows of the files that it wrote."""

    result: QueryResult | None = None
    files: Sequence[str] = ()
    written_rows: int = 0


def read_statement(sql: str, parameters: Sequence[str]) -> Statement:
    """Return the statement of a text. Raises QueryFailed."""
    tree = parsed(sql)
    if isinstance(tree, exp.Command) and tree.name.upper() == UNLOAD:
        unload = unload_statement(tree)
        return Statement("DML", UNLOAD, with_query(unload, parameters))
    if isinstance(tree, exp.Query):
        return Statement("DML", "SELECT", with_parameters(tree, parameters))
    if isinstance(tree, exp.Insert):
        return Statement("DML", INSERT, with_parameters(tree, parameters))
    type_, name = ("DML", CREATE_TABLE_AS) if _is_table_as(tree) else ("DDL", _name(tree))
    return Statement(type_, name, with_parameters(tree, parameters))


def with_query(unload: UnloadStatement, parameters: Sequence[str]) -> UnloadStatement:
    """Return UNLOAD with the parameters of its query."""
    with_parameters(unload.query, parameters)
    return unload


def run_statement(statement: Statement, context: QueryContext) -> Outcome:
    """Run a statement. Raises QueryFailed."""
    tree, catalog = statement.tree, context.catalog
    if isinstance(tree, UnloadStatement):
        if catalog.objects.keys(tree.location.rstrip("/") + "/"):
            raise QueryFailed(
                f"HIVE_PATH_ALREADY_EXISTS: Target directory for table already exists: "
                f"{tree.location}"
            )
        rows = context.engine.run(tree.query, context.database, catalog).rows
        return Outcome(files=write_rows(rows, tree.target(context.query_id), catalog.objects))
    if isinstance(tree, exp.Query):
        return Outcome(result=context.engine.run(tree, context.database, catalog))
    if isinstance(tree, exp.Insert):
        inserted = insert_into(tree, context)
        return Outcome(files=inserted.files, written_rows=inserted.rows)
    _check_clauses(tree, statement.substatement)
    if isinstance(tree, exp.Create) and statement.substatement == CREATE_TABLE_AS:
        created = create_table_as(tree, context)
        return Outcome(files=created.files, written_rows=created.rows)
    _definition(tree)(tree, context.database, catalog)
    return Outcome()


def _check_clauses(tree: exp.Expr, name: str) -> None:
    """Reject clauses of CREATE and DROP that the definitions do not read."""
    if not isinstance(tree, exp.Create | exp.Drop):
        return
    allowed = _CLAUSES.get(name, _CLAUSES_OF_ALL)
    for clause, given in tree.args.items():
        if given and clause not in allowed:
            words = _WORDS.get(clause, clause.upper())
            raise unsupported(f"{name} with the clause {words}")
    if len(tree.args.get("tables") or ()) > 1:
        raise unsupported(f"{name} of several objects")


def _is_table_as(tree: exp.Expr) -> bool:
    return isinstance(tree, exp.Create) and tree.kind == "TABLE" and bool(tree.expression)


def _definition(tree: exp.Expr) -> Definition:
    found = _DEFINITIONS.get(_name(tree))
    if found is None:
        raise unsupported(_name(tree))
    return found


def _name(tree: exp.Expr) -> str:
    """Return the first words of a statement, such as CREATE EXTERNAL TABLE."""
    if isinstance(tree, exp.Create):
        external = tree.find(exp.ExternalProperty) is not None
        return f"CREATE {'EXTERNAL ' if external else ''}{tree.kind}"
    if isinstance(tree, exp.Drop):
        return f"DROP {tree.args['kind']}"
    if isinstance(tree, exp.Alter):
        added = tree.find(exp.AddPartition) is not None
        return "ALTER TABLE ADD PARTITION" if added else "ALTER TABLE"
    if isinstance(tree, exp.Command):
        return tree.name.upper()
    return tree.key.upper()


# The arguments of a tree of sqlglot.
_CLAUSES_OF_ALL = frozenset({"this", "tables", "kind", "expression", "exists", "properties"})
_CLAUSES = {"CREATE VIEW": _CLAUSES_OF_ALL - {"exists"} | {"replace"}}
_WORDS = {"exists": "IF NOT EXISTS", "replace": "OR REPLACE"}

_DEFINITIONS: dict[str, Definition] = {
    "CREATE DATABASE": table_definitions.create_database,
    "CREATE SCHEMA": table_definitions.create_database,
    "CREATE EXTERNAL TABLE": table_definitions.create_table,
    "CREATE VIEW": view_definitions.create_view,
    "DROP TABLE": table_definitions.drop_table,
    "DROP VIEW": view_definitions.drop_view,
    "MSCK REPAIR": table_definitions.repair_table,
    "ALTER TABLE ADD PARTITION": table_definitions.add_partitions,
}
