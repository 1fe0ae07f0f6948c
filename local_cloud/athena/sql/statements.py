"""Decides what a statement is, and runs it. Definitions outside `_DEFINITIONS` are rejected."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from sqlglot import exp

from local_cloud.athena.errors import QueryFailed, unsupported
from local_cloud.athena.s3.unload_files import write_rows
from local_cloud.athena.sql import table_definitions
from local_cloud.athena.sql.catalog import LakeCatalog
from local_cloud.athena.sql.query_engine import QueryEngine, QueryResult
from local_cloud.athena.sql.trino_query import parsed, with_parameters
from local_cloud.athena.sql.unload_statement import UnloadStatement, unload_statement

Definition = Callable[[exp.Expr, str, LakeCatalog], None]


@dataclass(frozen=True)
class Statement:
    """A statement: its type in the API (DML, DDL), and the tree or the parts of UNLOAD."""

    type: str
    substatement: str
    tree: exp.Expr | UnloadStatement


@dataclass(frozen=True)
class Outcome:
    """The result of a query, or the URIs of the files that UNLOAD wrote."""

    result: QueryResult | None = None
    files: Sequence[str] = ()


def read_statement(sql: str, parameters: Sequence[str]) -> Statement:
    """Return the statement of a text. Raises QueryFailed."""
    tree = parsed(sql)
    if isinstance(tree, exp.Command) and tree.name.upper() == "UNLOAD":
        unload = unload_statement(tree)
        return Statement("DML", "UNLOAD", with_query(unload, parameters))
    if isinstance(tree, exp.Query):
        return Statement("DML", "SELECT", with_parameters(tree, parameters))
    return Statement("DDL", _name(tree), with_parameters(tree, parameters))


def with_query(unload: UnloadStatement, parameters: Sequence[str]) -> UnloadStatement:
    """Return UNLOAD with the parameters of its query."""
    with_parameters(unload.query, parameters)
    return unload


def run_statement(
    statement: Statement, *, database: str, catalog: LakeCatalog, engine: QueryEngine, query_id: str
) -> Outcome:
    """Run a statement. Raises QueryFailed."""
    tree = statement.tree
    if isinstance(tree, UnloadStatement):
        if catalog.objects.keys(tree.location.rstrip("/") + "/"):
            raise QueryFailed(
                f"HIVE_PATH_ALREADY_EXISTS: Target directory for table already exists: "
                f"{tree.location}"
            )
        rows = engine.run(tree.query, database, catalog).rows
        return Outcome(files=write_rows(rows, tree.target(query_id), catalog.objects))
    if isinstance(tree, exp.Query):
        return Outcome(result=engine.run(tree, database, catalog))
    _definition(tree)(tree, database, catalog)
    return Outcome()


def _definition(tree: exp.Expr) -> Definition:
    found = _DEFINITIONS.get(_name(tree))
    if found is None:
        raise unsupported(_name(tree))
    return found


def _name(tree: exp.Expr) -> str:
    """Return the first words of a statement, such as CREATE EXTERNAL TABLE."""
    if isinstance(tree, exp.Create):
        external = tree.find(exp.ExternalProperty) is not None
        selected = " AS SELECT" if tree.kind == "TABLE" and tree.expression else ""
        return f"CREATE {'EXTERNAL ' if external else ''}{tree.kind}{selected}"
    if isinstance(tree, exp.Drop):
        return f"DROP {tree.args['kind']}"
    if isinstance(tree, exp.Alter):
        added = tree.find(exp.AddPartition) is not None
        return "ALTER TABLE ADD PARTITION" if added else "ALTER TABLE"
    if isinstance(tree, exp.Command):
        return tree.name.upper()
    return tree.key.upper()


_DEFINITIONS: dict[str, Definition] = {
    "CREATE DATABASE": table_definitions.create_database,
    "CREATE SCHEMA": table_definitions.create_database,
    "CREATE EXTERNAL TABLE": table_definitions.create_table,
    "DROP TABLE": table_definitions.drop_table,
    "MSCK REPAIR": table_definitions.repair_table,
    "ALTER TABLE ADD PARTITION": table_definitions.add_partitions,
}
