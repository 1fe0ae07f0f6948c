"""The injected faults of a running laptop cloud, and the operations that they affected."""

from __future__ import annotations

import threading
from collections import Counter
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import Any

from local_cloud.faults.fault import Fault, Operation


@dataclass(frozen=True)
class Hit:
    """An operation that a fault affected."""

    kind: str
    operation: Operation
    at: datetime

    def document(self) -> dict[str, Any]:
        """Return the hit as a JSON document."""
        return {
            "kind": self.kind,
            "action": self.operation.action,
            "resource": ", ".join(self.operation.resources),
            "role": self.operation.role,
            "session": self.operation.session,
            "at": self.at.isoformat(),
        }


class FaultRegistry:
    """Faults and their hits. Thread-safe."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._faults: list[Fault] = []
        self._match_counts: Counter[tuple[Any, ...]] = Counter()
        self._hits: list[Hit] = []

    @property
    def empty(self) -> bool:
        """Whether no fault is injected."""
        return not self._faults

    def inject(self, fault: Fault) -> None:
        """Add a fault. It affects operations that start after this call."""
        with self._lock:
            self._faults.append(fault)

    def clear(self) -> None:
        """Remove all faults and hits."""
        with self._lock:
            self._faults.clear()
            self._match_counts.clear()
            self._hits.clear()

    def trigger(self, operation: Operation) -> Fault | None:
        """Count the operation, and return the first fault that affects it, if any."""
        with self._lock:
            for number, fault in enumerate(self._faults):
                if fault.fits(operation) and self._is_due(number, fault, operation):
                    self._hits.append(Hit(fault.kind, operation, datetime.now(UTC)))
                    return fault
        return None

    def report(self) -> dict[str, Any]:
        """Return {"faults": [the fields of each], "hits": [affected operations, oldest first]}."""
        with self._lock:
            return {
                "faults": [asdict(fault) for fault in self._faults],
                "hits": [hit.document() for hit in self._hits],
            }

    def _is_due(self, number: int, fault: Fault, operation: Operation) -> bool:
        key = (number, operation.role, operation.action) if fault.each else (number,)
        self._match_counts[key] += 1
        occurrence = self._match_counts[key] - fault.after
        return occurrence >= 1 and (fault.times is None or occurrence <= fault.times)


FAULTS = FaultRegistry()
