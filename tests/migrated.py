"""The users, roles and grants of a warehouse after all migrations."""

from __future__ import annotations

from pathlib import Path

from local_cloud.context import Cloud
from local_cloud.redshift import engine
from local_cloud.redshift.access_control import Access
from local_cloud.redshift.s3.s3_access import S3Access
from local_cloud.redshift.session import Session
from local_cloud.redshift.warehouse import Warehouse
from warehouse.schema import read_migrations


def access_after_migrations(folder: Path) -> Access:
    """Apply all migrations to the laptop's database in `folder`; return its access rights."""
    lake = S3Access(Cloud(endpoint="http://localhost:1", state=folder), "arn", list)
    warehouse = Warehouse("redline-test", folder / "scratch", "admin", "redline")
    for migration in read_migrations():
        session = Session(warehouse, lake, database="redline", user="admin")
        with session.transaction(writes=True):
            for statement in migration.statements:
                engine.run(session, statement, {})
        session.close()
    access = warehouse.access
    warehouse.close()
    return access
