"""Copies the rows of external tables to temporary tables, which a statement can read."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from botocore.exceptions import ClientError
from sqlglot import exp

from local_cloud.lake_tables.errors import UnreadableTable, UnsupportedTable
from local_cloud.lake_tables.glue_tables import GlueColumn, GlueTable, glue_table
from local_cloud.lake_tables.table_rows import rows_of
from local_cloud.redshift.access_control import check_schema
from local_cloud.redshift.catalog import Catalog, Relation
from local_cloud.redshift.declared_types import character_type
from local_cloud.redshift.redshift_types import RedshiftType
from local_cloud.redshift.s3.s3_access import location, objects, s3_errors
from local_cloud.redshift.session import Session
from local_cloud.redshift.sql.dialect import DIALECT
from local_cloud.redshift.sql.relations import parts, relations
from local_cloud.redshift.sql.staged_tables import read_staged, stage
from local_cloud.redshift.statement_errors import StatementFailed, refused


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
    found = _described(clients["glue"], schema.database, relation)
    try:
        table = glue_table(found, ".".join(relation))
        if table.partition_keys:
            raise refused(f"{table.name}: partition keys of an external table")
        rows = rows_of(table, lambda uri: _objects(clients["s3"], uri))
    except UnsupportedTable as error:
        raise refused(str(error)) from error
    except UnreadableTable as error:
        raise StatementFailed(f"ERROR: Spectrum Scan Error: {error}") from error
    stage(session, _local(relation), rows, _text_types(table))


def _described(client: Any, database: str, relation: Relation) -> Mapping[str, Any]:
    """Read the table with GetTable."""
    try:
        found: Mapping[str, Any] = client.get_table(DatabaseName=database, Name=relation[1])
        table: Mapping[str, Any] = found["Table"]
        return table
    except ClientError as error:
        code, message = error.response["Error"]["Code"], error.response["Error"].get("Message", "")
        if code == "EntityNotFoundException":
            raise StatementFailed(
                f'ERROR: relation "{".".join(relation)}" does not exist: the Glue catalogue has no '
                f"table {database}.{relation[1]}"
            ) from error
        raise StatementFailed(f"ERROR: AwsClientException: {code} from glue - {message}") from error


def _objects(client: Any, uri: str) -> Iterator[tuple[str, bytes]]:
    bucket, prefix = location(uri)
    for key in objects(client, bucket, prefix):
        with s3_errors(bucket):
            yield f"s3://{bucket}/{key}", client.get_object(Bucket=bucket, Key=key)["Body"].read()


def _declared(column: GlueColumn) -> str:
    """Return the Redshift type of a column. `string` is the VARCHAR of maximum length."""
    return {"string": "VARCHAR(65535)", "double": "DOUBLE PRECISION", "tinyint": "SMALLINT"}.get(
        column.type, column.type.upper()
    )


def _text_types(table: GlueTable) -> dict[str, RedshiftType]:
    found = {
        column.name: character_type(exp.DataType.build(_declared(column), dialect=DIALECT))
        for column in table.columns
    }
    return {name: of for name, of in found.items() if of is not None}
