"""A warehouse of the laptop after all migrations, with the rights of pipelines."""

from __future__ import annotations

import importlib.util
import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from local_cloud.context import Cloud
from local_cloud.redshift import engine
from local_cloud.redshift.access_control import Access
from local_cloud.redshift.s3.s3_access import S3Access
from local_cloud.redshift.session import Session
from local_cloud.redshift.statement_errors import StatementFailed
from local_cloud.redshift.warehouse import Warehouse
from warehouse.schema import read_migrations

RIGHTS = Path(__file__).parents[1] / "lambda" / "migrations" / "rights.py"


class MigratedWarehouse:
    """A database that runs SQL as the administrator or as another user.

    `transactions` are the statements of each transaction of the administrator after the migrations.
    """

    schema = ""

    def __init__(self, warehouse: Warehouse, folder: Path) -> None:
        self._warehouse = warehouse
        self._lake = S3Access(Cloud(endpoint="http://localhost:1", state=folder), "arn", list)
        self.transactions: list[tuple[str, ...]] = []

    @property
    def access(self) -> Access:
        """The users, roles and grants."""
        return self._warehouse.access

    def run(self, *statements: str, work: str = "") -> str:
        """Run statements in one transaction, as the function `migrations` does."""
        self.transactions.append(statements)
        self._run(statements, "admin")
        return work

    def apply_rights(self, document: str) -> list[str]:
        """Apply rights.json with the code of the function. Return the changed roles."""
        spec = importlib.util.spec_from_file_location("redline_rights", RIGHTS)
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
        return module.apply_rights(self, json.loads(document))

    def rows(self, sql: str, user: str = "admin") -> list[tuple[Any, ...]]:
        """Return the rows of a query."""
        columns = self._run([sql], user).result.rows.columns
        return list(zip(*(column.to_pylist() for column in columns), strict=True))

    def error(self, sql: str, user: str) -> str:
        """Return the error of a statement; empty if it succeeds."""
        try:
            self._run([sql], user)
        except StatementFailed as error:
            return error.message
        return ""

    def _run(self, statements: Any, user: str) -> Any:
        session = Session(self._warehouse, self._lake, database="redline", user=user)
        try:
            with session.transaction(writes=True):
                for statement in statements:
                    outcome = engine.run(session, statement, {})
        finally:
            session.close()
        return outcome


@contextmanager
def warehouse_database(folder: Path) -> Iterator[MigratedWarehouse]:
    """Open an empty database of the laptop in `folder`."""
    warehouse = Warehouse("redline-test", folder / "scratch", "admin", "redline")
    yield MigratedWarehouse(warehouse, folder)
    warehouse.close()


@contextmanager
def migrated_warehouse(folder: Path) -> Iterator[MigratedWarehouse]:
    """Apply all migrations to the laptop's database in `folder`."""
    with warehouse_database(folder) as migrated:
        for migration in read_migrations():
            migrated.run(*migration.statements)
        migrated.transactions.clear()
        yield migrated
