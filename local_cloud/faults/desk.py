"""The faults of a running laptop cloud: which are to strike, and which have struck."""

from __future__ import annotations

import threading
from collections import Counter
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import Any

from local_cloud.faults.fault import Asked, Fault


@dataclass(frozen=True)
class Hit:
    """A fault that has struck."""

    kind: str
    asked: Asked
    at: datetime

    def document(self) -> dict[str, Any]:
        """As JSON shows it."""
        return {
            "kind": self.kind,
            "action": self.asked.action,
            "resource": ", ".join(self.asked.resources),
            "role": self.asked.role,
            "session": self.asked.session,
            "at": self.at.isoformat(),
        }


class FaultDesk:
    """Faults and their hits; safe to use from threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._faults: list[Fault] = []
        self._fitted: Counter[tuple[Any, ...]] = Counter()
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
            self._fitted.clear()
            self._hits.clear()

    def strike(self, asked: Asked) -> Fault | None:
        """The fault that strikes now, which is counted; of several the one injected first."""
        with self._lock:
            for number, fault in enumerate(self._faults):
                if fault.fits(asked) and self._is_due(number, fault, asked):
                    self._hits.append(Hit(fault.kind, asked, datetime.now(UTC)))
                    return fault
        return None

    def report(self) -> dict[str, Any]:
        """{"faults": [the fields of each], "hits": [what was struck, in its order]}."""
        with self._lock:
            return {
                "faults": [asdict(fault) for fault in self._faults],
                "hits": [hit.document() for hit in self._hits],
            }

    def _is_due(self, number: int, fault: Fault, asked: Asked) -> bool:
        key = (number, asked.role, asked.action) if fault.each else (number,)
        self._fitted[key] += 1
        turn = self._fitted[key] - fault.after
        return turn >= 1 and (fault.times is None or turn <= fault.times)


FAULTS = FaultDesk()
