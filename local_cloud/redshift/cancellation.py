"""Cancels the queries of a connection from another thread."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from local_cloud.redshift.statement_errors import CANCELLED, StatementFailed

_PAUSE_SECONDS = 0.05


class Cancellation:
    """The cancellation of a connection. `interrupt` stops the running query.

    An interrupt right before the start of a query has no effect, so it is repeated until `end`.
    Only queries inside `interruptible` are interrupted, never a COMMIT or a ROLLBACK. After the
    start of a COMMIT, a cancellation has no effect until the next transaction.
    """

    def __init__(self, interrupt: Callable[[], None]) -> None:
        self._interrupt = interrupt
        self._lock = threading.Lock()
        self._running = False
        self._committing = False
        self._reason = ""
        self._ended = threading.Event()

    def cancel(self, reason: str = CANCELLED) -> bool:
        """Stop the running query and all later queries. Return False if COMMIT has started.

        `reason` becomes the error of the queries.
        """
        with self._lock:
            if self._committing:
                return False
            self._reason = self._reason or reason
        threading.Thread(target=self._interrupt_until_ended, name="cancel", daemon=True).start()
        return True

    def check(self) -> None:
        """Raise StatementFailed if the connection is cancelled."""
        if self._reason:
            raise StatementFailed(self._reason)

    def begin(self) -> None:
        """Start a transaction, which can be cancelled."""
        with self._lock:
            self._committing = False
        self.check()

    def commit(self) -> None:
        """Mark the start of a COMMIT. From now on the transaction cannot be cancelled."""
        with self._lock:
            self.check()
            self._committing = True

    @contextmanager
    def interruptible(self) -> Iterator[None]:
        """Run a query that a cancellation can stop."""
        self.check()
        self._set_running(True)
        try:
            yield
        except StatementFailed:
            # DuckDB's error for an interrupt does not contain the reason. `check` raises the
            # reason.
            self.check()
            raise
        finally:
            self._set_running(False)

    def end(self) -> None:
        """Stop the interrupts: no query follows."""
        self._ended.set()

    def _set_running(self, running: bool) -> None:
        with self._lock:
            self._running = running

    def _interrupt_until_ended(self) -> None:
        while not self._ended.is_set():
            with self._lock:
                if self._running:
                    self._interrupt()
            self._ended.wait(_PAUSE_SECONDS)
