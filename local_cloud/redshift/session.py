"""A connection of a user to a database, which runs statements in transactions."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from typing import Any

from local_cloud.redshift import session_parameters
from local_cloud.redshift.access_control import Access, Securable
from local_cloud.redshift.cancellation import Cancellation
from local_cloud.redshift.catalog import Catalog, Relation, read_catalog
from local_cloud.redshift.error_messages import redshift_errors
from local_cloud.redshift.held_privileges import held_privileges
from local_cloud.redshift.result_set import ResultSet
from local_cloud.redshift.s3.s3_access import S3Access
from local_cloud.redshift.sql.translation_context import TranslationContext
from local_cloud.redshift.statement_errors import CANCELLED, StatementFailed
from local_cloud.redshift.warehouse import Warehouse

_WAIT_SECONDS = 0.05


@dataclass(frozen=True)
class StatementOutcome:
    """The outcome of a statement: the rows of a query, or the number of changed rows."""

    rows: int = 0
    result: ResultSet | None = None
    files: tuple[str, ...] = ()


class Session:
    """A connection. Another thread may cancel it."""

    def __init__(
        self,
        warehouse: Warehouse,
        s3_access: S3Access,
        *,
        database: str,
        user: str,
        autocommit: bool = True,
    ) -> None:
        if user not in warehouse.access.users:
            raise StatementFailed(f'FATAL: user "{user}" does not exist')
        self.warehouse = warehouse
        self.s3_access = s3_access
        self.database = database
        self.user = user
        # Whether each statement is its own transaction.
        self.autocommit = autocommit
        self.parameters = session_parameters.defaults()
        # The id of the running statement in the warehouse's query history.
        self.query_id = 0
        self.access: Access = warehouse.access
        self._cursor = warehouse.cursor(database)
        self._cancellation = Cancellation(self._cursor.interrupt)
        self._writes = False
        self._started = False

    @contextmanager
    def transaction(self, *, writes: bool) -> Iterator[None]:
        """Run the statements within this context as one transaction."""
        with self._write_lock() if writes else nullcontext():
            self._writes = writes
            try:
                self.begin()
                yield
                self.commit()
            except BaseException:
                self.rollback()
                raise

    def begin(self) -> None:
        """Start a transaction."""
        self._cancellation.begin()
        self.access = self.warehouse.access
        self._cursor.execute("BEGIN")
        self._started = True

    def commit(self) -> None:
        """Commit the transaction."""
        self._cancellation.commit()
        # A failed COMMIT has already rolled back.
        self._started = False
        with redshift_errors():
            if self._writes:
                self.warehouse.write_access(self.access, self._cursor)
            self._cursor.execute("COMMIT")
        if self._writes:
            self.warehouse.set_access(self.access)

    def rollback(self) -> None:
        """Roll back the transaction."""
        if self._started:
            self._cursor.execute("ROLLBACK")
        self._started = False
        self.access = self.warehouse.access

    def execute(self, sql: str, parameters: Mapping[str, str] | None = None) -> Any:
        """Run a DuckDB statement with bound parameters. Return the cursor."""
        with self._cancellation.interruptible(), redshift_errors():
            return self._cursor.execute(sql, dict(parameters) if parameters else None)

    def value(self, sql: str, parameters: Mapping[str, str] | None = None) -> Any:
        """Return the first value of the first row; None if there is no row."""
        rows = self.execute(sql, parameters).fetchall()
        return rows[0][0] if rows else None

    def rows(self, sql: str, parameters: Mapping[str, str] | None = None) -> Any:
        """Return the rows of a DuckDB query as an Arrow table."""
        bound = dict(parameters) if parameters else None
        with self._cancellation.interruptible(), redshift_errors():
            return self._cursor.sql(sql, params=bound).to_arrow_table()

    @contextmanager
    def staged(self, name: str, rows: Any) -> Iterator[None]:
        """Register an Arrow table under a name for DuckDB's SQL.

        After a failure, DuckDB accepts no command in the transaction, so the name remains until
        the session ends.
        """
        self._cursor.register(name, rows)
        yield
        self._cursor.unregister(name)

    def catalog(self) -> Catalog:
        """Return the catalog in the current transaction."""
        path = self.parameters[session_parameters.SEARCH_PATH].split(", ")
        return read_catalog(
            self._cursor, tuple(self.user if name == "$user" else name for name in path)
        )

    def set_search_path(self, schemas: list[str]) -> None:
        """Set the schemas that are searched for unqualified names, in order."""
        self.parameters[session_parameters.SEARCH_PATH] = ", ".join(schemas)

    def securable(self, relation: Relation) -> Securable:
        """Return the name of a relation of this database in the cluster's privileges."""
        return (self.database, *relation)

    def translation_context(self) -> TranslationContext:
        """Return the properties of the session that the translation of a statement uses."""
        return TranslationContext(
            self.user,
            self.database,
            self.access.user_id(self.user),
            self.parameters,
            lambda: self.catalog().search_path,
            lambda kind: held_privileges(self.access, self.database, self.catalog(), kind),
        )

    def cancel(self, reason: str = CANCELLED) -> bool:
        """Stop the running statement and all later ones. Return False if COMMIT has started."""
        return self._cancellation.cancel(reason)

    def check_cancelled(self) -> None:
        """Raise StatementFailed if the session is cancelled."""
        self._cancellation.check()

    def close(self) -> None:
        """Close the connection."""
        self._cancellation.end()
        self._cursor.close()

    @contextmanager
    def _write_lock(self) -> Iterator[None]:
        """Hold the write lock: wait until no other session writes."""
        while not self.warehouse.writing.acquire(timeout=_WAIT_SECONDS):
            self.check_cancelled()
        try:
            yield
        finally:
            self.warehouse.writing.release()
