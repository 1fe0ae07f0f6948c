"""The faults of a running laptop cloud: which are to strike, and which have struck."""

from __future__ import annotations

import threading
from collections import Counter
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import Any

from local_cloud.faults.fault import Fault, Operation


@dataclass(frozen=True)
class Hit:
    """A fault that has struck."""

    kind: str
    operation: Operation
    at: datetime

    def document(self) -> dict[str, Any]:
        """As JSON shows it."""
        return {
            "kind": self.kind,
            "action": self.operation.action,
            "resource": ", ".join(self.operation.resources),
            "role": self.operation.role,
            "session": self.operation.session,
            "at": self.at.isoformat(),
        }


class FaultRegistry:
    """Faults and their hits; safe to use from threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._faults: list[Fault] = []
        self._match_counts: Counter[tuple[Any, ...]] = Counter()
        self._hits: list[Hit] = []

    @property
    def empty(self) -> bool:
        """Whether nothing is to go wrong."""
        return not self._faults

    def inject(self, fault: Fault) -> None:
        """Let it strike from now on."""
        with self._lock:
            self._faults.append(fault)

    def clear(self) -> None:
        """No faults any more, and none remembered."""
        with self._lock:
            self._faults.clear()
            self._match_counts.clear()
            self._hits.clear()

    def trigger(self, operation: Operation) -> Fault | None:
        """The fault that strikes now, which is counted; of several the one injected first."""
        with self._lock:
            for number, fault in enumerate(self._faults):
                if fault.fits(operation) and self._is_due(number, fault, operation):
                    self._hits.append(Hit(fault.kind, operation, datetime.now(UTC)))
                    return fault
        return None

    def report(self) -> dict[str, Any]:
        """{"faults": [the fields of each], "hits": [what was struck, in its order]}."""
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
