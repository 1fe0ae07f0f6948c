"""The changes that are not saved yet, and the stack operations during which nothing is saved."""

from __future__ import annotations

import re
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

_READS = re.compile(
    "Batch(Get|Check)|Describe|Estimate|Get|Head|List|Lookup|Search|Simulate|Validate"
)
# GetClusterCredentials creates the user with AutoCreate.
_WRITING_READS = frozenset({"GetClusterCredentials"})
# A change set is saved with the operation that executes it.
_PREPARATIONS = frozenset({"CreateChangeSet", "DeleteChangeSet"})


def is_change(operation: str | None) -> bool:
    """Return whether an operation of a service may change its state."""
    if operation in _PREPARATIONS:
        return False
    return operation in _WRITING_READS or not _READS.match(operation or "")


class Changes:
    """The services that changed since the last save. Thread-safe.

    A save and a stack operation exclude each other. So the saved state never contains a part of a
    stack operation: a resource that the stack does not know.
    """

    def __init__(self) -> None:
        self._free = threading.Condition()
        self._services: set[str] = set()
        self._count = 0
        self._operations = 0
        self._saving = False
        self.on_operation: Callable[[str], object] = _ignore

    @property
    def count(self) -> int:
        """The number of changes so far."""
        return self._count

    @property
    def in_operation(self) -> bool:
        """Whether a stack operation is in progress."""
        return self._operations > 0

    def mark(self, service: str) -> None:
        """Record that a service has changed."""
        with self._free:
            self._services.add(service)
            self._count += 1

    def clear(self) -> None:
        """Forget the changes, for a new cloud."""
        with self._free:
            self._services.clear()
            self.on_operation = _ignore

    @contextmanager
    def stack_operation(self, stack: str) -> Iterator[None]:
        """Save nothing within this context."""
        with self._free:
            self._free.wait_for(lambda: not self._saving)
            self._operations += 1
        try:
            self.on_operation(stack)
            yield
        finally:
            with self._free:
                self._operations -= 1
                self._services.add("cloudformation")
                self._count += 1
                self._free.notify_all()

    @contextmanager
    def saving(self) -> Iterator[tuple[frozenset[str], int]]:
        """Wait until no stack operation is in progress. Yield the changed services, and the count.

        If the save fails, the services remain changed.
        """
        with self._free:
            self._free.wait_for(lambda: not self._saving and not self._operations)
            self._saving = True
            services, self._services = frozenset(self._services), set()
            count = self._count
        try:
            yield services, count
        except BaseException:
            with self._free:
                self._services |= services
            raise
        finally:
            with self._free:
                self._saving = False
                self._free.notify_all()


def _ignore(_stack: str) -> None:
    """Do nothing: the state is not saved."""


CHANGES = Changes()
