"""Work that is put off for some seconds, unless the laptop cloud ends before."""

from __future__ import annotations

import threading
from collections.abc import Callable


class DelayedCalls:
    """Calls functions, which must return soon, when their time has come, until it is closed."""

    def __init__(self) -> None:
        self._timers: set[threading.Timer] = set()
        self._lock = threading.Lock()
        self._closed = False

    def call(self, seconds: float, work: Callable[[], object]) -> None:
        """Call `work` after so many seconds, in a thread of its own; at once if there are none."""
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
        """Forget what has not begun yet."""
        with self._lock:
            self._closed = True
            for timer in self._timers:
                timer.cancel()
            self._timers.clear()

    def _run(self, timer: threading.Timer, work: Callable[[], object]) -> None:
        # Under the lock, so that nothing begins once `close` has returned.
        with self._lock:
            self._timers.discard(timer)
            if not self._closed:
                work()
