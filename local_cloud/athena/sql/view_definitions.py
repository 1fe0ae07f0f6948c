"""CREATE [OR REPLACE] VIEW and DROP VIEW, with the errors of Trino's CreateViewTask, DropViewTask.

Source: https://github.com/trinodb/trino/tree/master/core/trino-main/src/main/java/io/trino/execution
"""

from __future__ import annotations

from sqlglot import exp

from local_cloud.athena.errors import QueryFailed, unsupported
from local_cloud.athena.sql.catalog import LakeCatalog
from local_cloud.athena.sql.query_engine import QueryEngine
from local_cloud.athena.sql.trino_query import CATALOG, relation_of
from local_cloud.athena.sql.views import TYPE, table_input


def create_view(tree: exp.Expr, database: str, catalog: LakeCatalog) -> None:
    """Run CREATE [OR REPLACE] VIEW name AS query. The query is checked, and reads no row."""
    if tree.args.get("properties") or isinstance(tree.this, exp.Schema):
        raise unsupported("CREATE VIEW with column names, COMMENT or SECURITY")
    if not tree.expression:
        raise QueryFailed("SYNTAX_ERROR: CREATE VIEW must have a query")
    given, name = relation_of(tree.this, database)
    known = catalog.found(given, name)
    if known is not None and known.get("TableType") != TYPE:
        raise QueryFailed(f"TABLE_ALREADY_EXISTS: Table already exists: '{_full(given, name)}'")
    if known is not None and not tree.args.get("replace"):
        raise QueryFailed(f"TABLE_ALREADY_EXISTS: View already exists: '{_full(given, name)}'")
    query = tree.expression.unnest()
    # The engine qualifies the names of its tree; the view keeps the names of the statement.
    columns = QueryEngine().columns(query.copy(), database, catalog, replaced=(given, name))
    operation = "create_table" if known is None else "update_table"
    catalog.change(
        operation, DatabaseName=given, TableInput=table_input(name, database, query, columns)
    )


def drop_view(tree: exp.Expr, database: str, catalog: LakeCatalog) -> None:
    """Run DROP VIEW [IF EXISTS]."""
    given, name = relation_of(tree.args["tables"][0], database)
    known = catalog.found(given, name)
    if known is None or known.get("TableType") != TYPE:
        if tree.args.get("exists"):
            return
        raise QueryFailed(f"TABLE_NOT_FOUND: View '{_full(given, name)}' does not exist")
    catalog.change("delete_table", DatabaseName=given, Name=name)


def _full(database: str, name: str) -> str:
    return f"{CATALOG}.{database}.{name}"
