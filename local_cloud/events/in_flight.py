"""The deliveries that have not ended. A new server repeats those of the last one.

So an event is delivered at least once, as by EventBridge and Lambda.
"""

from __future__ import annotations

import threading
import uuid
from collections.abc import Callable, Iterator, MutableMapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from local_cloud.persistence.changes import CHANGES


@dataclass(frozen=True)
class InFlight:
    """An event for the targets of a rule, or for a function (`target` is its ARN)."""

    target: str
    event: Any


class Deliveries:
    """The deliveries in flight, by token. Thread-safe."""

    def __init__(self) -> None:
        self.by_token: MutableMapping[str, InFlight] = {}
        self._lock = threading.Lock()

    def add(self, target: str, event: Any) -> str:
        """Add a delivery and return its token."""
        token = uuid.uuid4().hex
        with self._lock:
            self.by_token[token] = InFlight(target, event)
        return token

    @contextmanager
    def ending(self, token: str) -> Iterator[None]:
        """Remove the delivery at the end of this context."""
        try:
            yield
        finally:
            with self._lock:
                self.by_token.pop(token, None)
            CHANGES.mark("events")

    def repeat(self, again: Callable[[str, str, Any], object]) -> None:
        """Call `again` with the token, the target and the event of each delivery."""
        for token, delivery in list(self.by_token.items()):
            again(token, delivery.target, delivery.event)


EVENTS = Deliveries()
INVOCATIONS = Deliveries()
