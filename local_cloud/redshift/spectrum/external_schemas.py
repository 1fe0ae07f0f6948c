"""CREATE EXTERNAL SCHEMA: makes a database of the Glue catalogue available as a schema.

Source: Amazon Redshift Database Developer Guide, "CREATE EXTERNAL SCHEMA". The external schemas
are stored in a DuckDB table, so that a rollback also affects them.
"""

from __future__ import annotations

from local_cloud.redshift.session import Session, StatementOutcome
from local_cloud.redshift.sql.identifiers import quoted_name
from local_cloud.redshift.sql.word_reader import Reader
from local_cloud.redshift.statement_errors import StatementFailed, refused


def create_external_schema(session: Session, reader: Reader) -> StatementOutcome:
    """Run CREATE EXTERNAL SCHEMA [IF NOT EXISTS] name FROM DATA CATALOG DATABASE … IAM_ROLE …"""
    reader.expect("CREATE", "EXTERNAL", "SCHEMA")
    if_missing = reader.accept("IF", "NOT", "EXISTS")
    name = reader.name()
    reader.expect("FROM")
    if not reader.accept("DATA", "CATALOG"):
        raise refused(f"CREATE EXTERNAL SCHEMA … FROM {reader.peek()}")
    reader.expect("DATABASE")
    database = reader.text().lower()
    _check_region(session, reader)
    reader.expect("IAM_ROLE")
    if not reader.next_is_text():
        raise refused(f"IAM_ROLE {reader.peek()}")
    role = reader.text()
    if not reader.done:
        raise refused(f"CREATE EXTERNAL SCHEMA … {reader.rest()}")
    if not session.access.allows(session.user, "CREATE", (session.database,)):
        raise StatementFailed(f"ERROR: permission denied for database {session.database}")
    if name in session.catalog().schemas:
        if if_missing:
            return StatementOutcome()
        raise StatementFailed(f'ERROR: Schema "{name}" already exists')
    _record(session, name, database, role)
    return StatementOutcome()


def refuse_other(_: Session, reader: Reader) -> StatementOutcome:
    """Raise StatementFailed for CREATE EXTERNAL TABLE, FUNCTION, …: create tables in Glue."""
    reader.expect("CREATE", "EXTERNAL")
    raise refused(f"CREATE EXTERNAL {reader.peek()}")


def _check_region(session: Session, reader: Reader) -> None:
    if reader.accept("REGION") and (region := reader.text()) != session.s3_access.cloud.region:
        raise refused(f"REGION {region!r} (the laptop cloud is {session.s3_access.cloud.region})")


def _record(session: Session, name: str, database: str, role: str) -> None:
    session.execute(f"CREATE SCHEMA {quoted_name(name)}")
    session.execute(
        "INSERT INTO main.external_schemas VALUES ($name, $database, $role)",
        {"name": name, "database": database, "role": role},
    )
    session.access = session.access.with_owner((session.database, name), session.user)
