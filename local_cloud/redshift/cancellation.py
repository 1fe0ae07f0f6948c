"""Cancels what one connection runs, from another thread, and does not let go."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from local_cloud.redshift.statement_errors import CANCELLED, StatementFailed

_PAUSE_SECONDS = 0.05


class Cancellation:
    """Whether a connection was cancelled; `interrupt` stops the query that it runs.

    An interrupt that comes just before a query starts is lost, so it is repeated until `end`.
    It reaches only queries that run inside `interruptible`, never a COMMIT or a ROLLBACK: after
    the start of a COMMIT a cancellation has no effect until the next transaction.
    """

    def __init__(self, interrupt: Callable[[], None]) -> None:
        self._interrupt = interrupt
        self._lock = threading.Lock()
        self._running = False
        self._committing = False
        self._reason = ""
        self._ended = threading.Event()

    def cancel(self, reason: str = CANCELLED) -> bool:
        """Stop the running query, and any that would follow; False when it is too late.

        `reason` is what the database then says.
        """
        with self._lock:
            if self._committing:
                return False
            self._reason = self._reason or reason
        threading.Thread(target=self._interrupt_until_ended, name="cancel", daemon=True).start()
        return True

    def check(self) -> None:
        """Reject to go on once cancelled."""
        if self._reason:
            raise StatementFailed(self._reason)

    def begin(self) -> None:
        """A transaction begins, which may be cancelled."""
        with self._lock:
            self._committing = False
        self.check()

    def commit(self) -> None:
        """The transaction's COMMIT begins: from now on it cannot be cancelled."""
        with self._lock:
            self.check()
            self._committing = True

    @contextmanager
    def interruptible(self) -> Iterator[None]:
        """Run a query that may be stopped."""
        self.check()
        self._set_running(True)
        try:
            yield
        except StatementFailed:
            # The database reports each interrupt as a request of a user.
            self.check()
            raise
        finally:
            self._set_running(False)

    def end(self) -> None:
        """There will be nothing more to stop."""
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
