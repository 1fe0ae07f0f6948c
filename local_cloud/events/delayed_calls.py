"""Calls functions after a delay, unless the laptop cloud stops first."""

from __future__ import annotations

import threading
from collections.abc import Callable


class DelayedCalls:
    """Calls functions, each after a delay, until `close`. The functions must return soon."""

    def __init__(self) -> None:
        self._timers: set[threading.Timer] = set()
        self._lock = threading.Lock()
        self._closed = False

    def call(self, seconds: float, work: Callable[[], object]) -> None:
        """Call `work` after a delay in a new thread; without a delay, call it immediately."""
        if not seconds:
            work()
            return
        timer = threading.Timer(seconds, lambda: self._run(timer, work))
        timer.daemon = True
        with self._lock:
            if self._closed:
                return
            self._timers.add(timer)
            timer.start()

    def close(self) -> None:
        """Cancel the calls that have not started."""
        with self._lock:
            self._closed = True
            for timer in self._timers:
                timer.cancel()
            self._timers.clear()

    def _run(self, timer: threading.Timer, work: Callable[[], object]) -> None:
        # Start the call while the lock is held, so that no call starts after `close` has returned.
        with self._lock:
            self._timers.discard(timer)
            if not self._closed:
                work()
