"""The lock of moto's state: one thread at a time executes moto's code.

moto's back ends are dictionaries and lists without locks, and its services use the back ends of
each other, so one lock protects all of them. Python executes one thread at a time anyway.

The gate holds the lock during an operation that moto implements. Code of this package that moto
calls must release it before it waits or calls the server; other threads that use a back end of moto
must hold it. The lock is acquired before any lock of this package that its holder needs.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any


class CalledWhileHeld(RuntimeError):
    """A thread of the server calls the server while it holds the lock, which would never end."""


class MotoLock:
    """A lock that its holder can acquire again, and release whatever the number of times."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._holder: int | None = None

    @property
    def is_held(self) -> bool:
        """Whether this thread holds the lock."""
        return self._holder == threading.get_ident()

    @contextmanager
    def held(self) -> Iterator[None]:
        """Hold the lock."""
        if self.is_held:
            yield
            return
        self._acquire()
        try:
            yield
        finally:
            self._release()

    @contextmanager
    def released(self) -> Iterator[None]:
        """Let other threads have the lock. No-op if this thread does not hold it."""
        if not self.is_held:
            yield
            return
        self._release()
        try:
            yield
        finally:
            self._acquire()

    def _acquire(self) -> None:
        self._lock.acquire()
        self._holder = threading.get_ident()

    def _release(self) -> None:
        self._holder = None
        self._lock.release()


MOTO = MotoLock()


def refuse_call_while_held(event_name: str, **_: Any) -> None:
    """Raise `CalledWhileHeld` before a client of the server sends a request (botocore's event)."""
    if MOTO.is_held:
        _event, service, operation = event_name.split(".")
        raise CalledWhileHeld(
            f"{service}:{operation} is called while the lock of moto is held: call it within "
            "`MOTO.released()`"
        )
