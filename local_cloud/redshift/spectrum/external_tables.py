"""Copies the rows of external tables to temporary tables, which a statement can read."""

from __future__ import annotations

from sqlglot import exp

from local_cloud.redshift.access_control import check_schema
from local_cloud.redshift.catalog import Catalog, Relation
from local_cloud.redshift.declared_types import character_type
from local_cloud.redshift.redshift_types import RedshiftType
from local_cloud.redshift.session import Session
from local_cloud.redshift.spectrum.external_files import declared, rows_of
from local_cloud.redshift.spectrum.glue_tables import GlueTable, read_table
from local_cloud.redshift.sql.dialect import DIALECT
from local_cloud.redshift.sql.relations import parts, relations
from local_cloud.redshift.sql.staged_tables import read_staged, stage
from local_cloud.redshift.statement_errors import refused


def load_external_tables(tree: exp.Expr, session: Session, catalog: Catalog) -> Catalog:
    """Copy each external table of a query to a temporary table, and let the query read the copy.

    The current rows are read with the role of the external schema. Returns the catalog with the
    temporary tables.
    """
    named = [table for table in relations(tree) if table.db in catalog.external]
    for relation in dict.fromkeys((table.db, table.name) for table in named):
        _copy(session, catalog, relation)
    for table in named:
        read_staged(table, _local((table.db, table.name)))
    return session.catalog() if named else catalog


def refuse_external(tree: exp.Expr, catalog: Catalog, *, statement: str) -> None:
    """Raise StatementFailed if a statement other than a query refers to an external table."""
    for table in relations(tree):
        if table.db in catalog.external:
            raise refused(f"{statement} of the external table {'.'.join(parts(table))}")


def _local(relation: Relation) -> str:
    return f"external {relation[0]}.{relation[1]}"


def _copy(session: Session, catalog: Catalog, relation: Relation) -> None:
    check_schema(session.access, session.user, "USAGE", (session.database, relation[0]))
    schema = catalog.external[relation[0]]
    clients = {
        service: session.s3_access.client(schema.role_arn, session.user, service)
        for service in ("glue", "s3")
    }
    table = read_table(
        clients["glue"],
        database=schema.database,
        name=relation[1],
        relation=".".join(relation),
    )
    stage(session, _local(relation), rows_of(clients["s3"], table), _text_types(table))


def _text_types(table: GlueTable) -> dict[str, RedshiftType]:
    found = {
        column.name: character_type(exp.DataType.build(declared(column), dialect=DIALECT))
        for column in table.columns
    }
    return {name: of for name, of in found.items() if of is not None}
