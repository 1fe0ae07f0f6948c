"""What every role has done and was denied: one entry per action and statements, with an example."""

from __future__ import annotations

import threading
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from local_cloud.authorization.decision import Call, Decision
from local_cloud.authorization.policy import Statement
from local_cloud.authorization.policy_patterns import matches

# Values that differ from call to call and that no policy of ours asks for.
_TIME_KEYS = frozenset({"aws:currenttime", "aws:epochtime"})


@dataclass(frozen=True)
class Use:
    """A part of a statement that a call rested on: the patterns that fitted."""

    statement: str
    action: str
    resource: str | None


@dataclass
class Entry:
    """Calls alike: the first of them, what it rested on, and how many there were."""

    call: Call
    allowed: bool
    uses: tuple[Use, ...]
    why: str
    count: int = 0

    def document(self) -> dict[str, Any]:
        """As JSON shows it."""
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
    """The entries of one server's life; safe to use from threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._entries: dict[tuple[Any, ...], Entry] = {}

    def add(self, call: Call, decision: Decision) -> None:
        """Count one call."""
        uses = tuple(_use(statement, call) for statement in decision.statements)
        # A denied call is told with its resource, allowed ones by the patterns that fitted.
        where = uses or call.resource
        key = (call.caller.role or call.caller.service, call.action, decision.allowed, where)
        with self._lock:
            entry = self._entries.get(key)
            if entry is None:
                entry = self._entries[key] = Entry(call, decision.allowed, uses, decision.why)
            entry.count += 1

    def documents(self) -> list[dict[str, Any]]:
        """Every entry as JSON shows it, in the order of the first calls."""
        with self._lock:
            return [entry.document() for entry in self._entries.values()]

    def clear(self) -> None:
        """Forget everything: a new cloud begins."""
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
