"""Cancels what one connection runs, from another thread, and does not let go."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from local_cloud.redshift.errors import StatementFailed

_PAUSE_SECONDS = 0.05


class Cancellation:
    """Whether a connection was cancelled; `interrupt` stops the query that it runs.

    An interrupt that comes just before a query starts is lost, so it is repeated until `end`.
    It reaches only queries that run inside `interruptible`, never a COMMIT or a ROLLBACK.
    """

    def __init__(self, interrupt: Callable[[], None]) -> None:
        self._interrupt = interrupt
        self._lock = threading.Lock()
        self._running = False
        self._cancelled = threading.Event()
        self._ended = threading.Event()

    def cancel(self) -> None:
        """Stop the running query, and any that would follow."""
        self._cancelled.set()
        threading.Thread(target=self._insist, name="cancel", daemon=True).start()

    def check(self) -> None:
        """Refuse to go on once cancelled."""
        if self._cancelled.is_set():
            raise StatementFailed("ERROR: Query cancelled on user's request")

    @contextmanager
    def interruptible(self) -> Iterator[None]:
        """Run a query that may be stopped."""
        self.check()
        self._set_running(True)
        try:
            yield
        finally:
            self._set_running(False)

    def end(self) -> None:
        """There will be nothing more to stop."""
        self._ended.set()

    def _set_running(self, running: bool) -> None:
        with self._lock:
            self._running = running

    def _insist(self) -> None:
        while not self._ended.is_set():
            with self._lock:
                if self._running:
                    self._interrupt()
            self._ended.wait(_PAUSE_SECONDS)
