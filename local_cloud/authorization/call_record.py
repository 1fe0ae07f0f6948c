"""Records the calls of each role: one entry for all calls with the same action and statements."""

from __future__ import annotations

import threading
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from local_cloud.authorization.decision import Call, Decision
from local_cloud.authorization.policy import Statement
from local_cloud.authorization.policy_patterns import matches

# These keys have a different value in each call, so they are omitted. The app's policies do not
# use them.
_TIME_KEYS = frozenset({"aws:currenttime", "aws:epochtime"})


@dataclass(frozen=True)
class Use:
    """The patterns of a policy statement that matched a call."""

    statement: str
    action: str
    resource: str | None


@dataclass
class Entry:
    """A group of similar calls: the first call, the statements that matched it, and the count."""

    call: Call
    allowed: bool
    uses: tuple[Use, ...]
    why: str
    count: int = 0

    def document(self) -> dict[str, Any]:
        """Return the entry as a JSON document."""
        caller = self.call.caller
        context = {k: list(v) for k, v in self.call.context.items() if k not in _TIME_KEYS}
        return {
            "role": caller.role,
            "session": caller.session,
            "service": caller.service,
            "action": self.call.action,
            "resource": self.call.resource,
            "context": context,
            "allowed": self.allowed,
            "uses": [vars(use) for use in self.uses],
            "why": self.why,
            "count": self.count,
        }


class CallRecord:
    """The entries since the server started. Thread-safe."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._entries: dict[tuple[Any, ...], Entry] = {}

    def add(self, call: Call, decision: Decision) -> None:
        """Add a call to its entry."""
        uses = tuple(_use(statement, call) for statement in decision.statements)
        # Calls without a matching statement are grouped by resource, others by matching patterns.
        where = uses or call.resource
        key = (call.caller.role or call.caller.service, call.action, decision.allowed, where)
        with self._lock:
            entry = self._entries.get(key)
            if entry is None:
                entry = self._entries[key] = Entry(call, decision.allowed, uses, decision.why)
            entry.count += 1

    def documents(self) -> list[dict[str, Any]]:
        """Return all entries as JSON documents, in the order of their first calls."""
        with self._lock:
            return [entry.document() for entry in self._entries.values()]

    def clear(self) -> None:
        """Remove all entries, for a new cloud."""
        with self._lock:
            self._entries.clear()


def _use(statement: Statement, call: Call) -> Use:
    action = _first(statement.actions, call.action, call, exact_case=False)
    resource = None if call.resource is None else _first(statement.resources, call.resource, call)
    return Use(statement.name, action or "", resource)


def _first(
    patterns: Iterable[str], value: str, call: Call, *, exact_case: bool = True
) -> str | None:
    fitting = (p for p in patterns if matches(p, value, call.context, exact_case=exact_case))
    return next(fitting, None)


CALL_RECORD = CallRecord()
