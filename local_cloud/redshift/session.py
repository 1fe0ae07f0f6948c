"""A connection of one user to one database: runs statements inside transactions."""

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
    """What a statement gave: rows of a query, or the number of rows it changed."""

    rows: int = 0
    result: ResultSet | None = None
    files: tuple[str, ...] = ()


class Session:
    """One connection; it may be cancelled from another thread."""

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
        # Whether each statement is a transaction of its own.
        self.autocommit = autocommit
        self.parameters = session_parameters.defaults()
        # The statement that runs, as the warehouse's history numbers it.
        self.query_id = 0
        self.access: Access = warehouse.access
        self._cursor = warehouse.cursor(database)
        self._cancellation = Cancellation(self._cursor.interrupt)
        self._writes = False
        self._started = False

    @contextmanager
    def transaction(self, *, writes: bool) -> Iterator[None]:
        """All statements within take effect together or not at all."""
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
        """Start with what is committed."""
        self._cancellation.begin()
        self.access = self.warehouse.access
        self._cursor.execute("BEGIN")
        self._started = True

    def commit(self) -> None:
        """Make the changes so far visible to everyone."""
        self._cancellation.commit()
        # A COMMIT that fails has rolled back.
        self._started = False
        with redshift_errors():
            self._cursor.execute("COMMIT")
        if self._writes:
            self.warehouse.access = self.access

    def rollback(self) -> None:
        """Undo the changes so far."""
        if self._started:
            self._cursor.execute("ROLLBACK")
        self._started = False
        self.access = self.warehouse.access

    def execute(self, sql: str, parameters: Mapping[str, str] | None = None) -> Any:
        """Run DuckDB's SQL with bound parameters; the cursor holds the rows."""
        with self._cancellation.interruptible(), redshift_errors():
            return self._cursor.execute(sql, dict(parameters) if parameters else None)

    def value(self, sql: str, parameters: Mapping[str, str] | None = None) -> Any:
        """The first value of the first row; None if there is no row."""
        rows = self.execute(sql, parameters).fetchall()
        return rows[0][0] if rows else None

    def rows(self, sql: str, parameters: Mapping[str, str] | None = None) -> Any:
        """The rows of a DuckDB query as an Arrow table."""
        bound = dict(parameters) if parameters else None
        with self._cancellation.interruptible(), redshift_errors():
            return self._cursor.sql(sql, params=bound).to_arrow_table()

    @contextmanager
    def staged(self, name: str, rows: Any) -> Iterator[None]:
        """Let DuckDB's SQL read an Arrow table under a name.

        After a failure the transaction takes no command: the name ends with the session.
        """
        self._cursor.register(name, rows)
        yield
        self._cursor.unregister(name)

    def catalog(self) -> Catalog:
        """The relations as this transaction sees them."""
        path = self.parameters[session_parameters.SEARCH_PATH].split(", ")
        return read_catalog(
            self._cursor, tuple(self.user if name == "$user" else name for name in path)
        )

    def set_search_path(self, schemas: list[str]) -> None:
        """Look for bare names in these schemas, in order."""
        self.parameters[session_parameters.SEARCH_PATH] = ", ".join(schemas)

    def securable(self, relation: Relation) -> Securable:
        """How the cluster's privileges name a relation of this database."""
        return (self.database, *relation)

    def translation_context(self) -> TranslationContext:
        """The session as its statements' translation sees it."""
        return TranslationContext(
            self.user,
            self.database,
            self.access.user_id(self.user),
            self.parameters,
            lambda: self.catalog().search_path,
            lambda kind: held_privileges(self.access, self.database, self.catalog(), kind),
        )

    def cancel(self, reason: str = CANCELLED) -> bool:
        """Stop the running statement, and any that would follow; False when it is too late."""
        return self._cancellation.cancel(reason)

    def check_cancelled(self) -> None:
        """Reject to go on once cancelled."""
        self._cancellation.check()

    def close(self) -> None:
        """End the connection."""
        self._cancellation.end()
        self._cursor.close()

    @contextmanager
    def _write_lock(self) -> Iterator[None]:
        """Wait until no other session writes."""
        while not self.warehouse.writing.acquire(timeout=_WAIT_SECONDS):
            self.check_cancelled()
        try:
            yield
        finally:
            self.warehouse.writing.release()
