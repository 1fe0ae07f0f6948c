"""Step caching: the key that identifies equal steps, and the time for which a result is valid.

Sources: "Default cache key attributes by pipeline step type" and "Turn on step caching" in the
SageMaker developer guide.
"""

from __future__ import annotations

import hashlib
import json
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from local_cloud.definition_rules.caching import DURATION
from local_cloud.sagemaker.pipelines.steps import executors

_DAYS = {"years": 365, "months": 30, "weeks": 7, "days": 1}


@dataclass(frozen=True)
class CachedResult:
    """The result of a step that succeeded, and the execution in which it ran."""

    execution_arn: str
    ended: datetime
    properties: Mapping[str, Any]
    metadata: Mapping[str, Any]


class StepCache:
    """The results of the steps of one pipeline. The newest is last."""

    def __init__(self) -> None:
        self._results: dict[tuple[str, str], list[CachedResult]] = {}
        self._lock = threading.Lock()

    def add(self, step: str, key: str, result: CachedResult) -> None:
        """Add the result of a step that succeeded."""
        with self._lock:
            self._results.setdefault((step, key), []).append(result)

    def find(self, step: str, key: str, *, since: datetime) -> CachedResult | None:
        """Return the newest result with the key, if its step ended after `since`."""
        with self._lock:
            results = self._results.get((step, key), [])
            fresh = [result for result in results if result.ended >= since]
        return fresh[-1] if fresh else None


def cache_key(step_type: str, arguments: Mapping[str, Any]) -> str:
    """Return the digest of the step type and of what determines the result.

    `arguments` also contains the members that only this type of step has.
    """
    attributes = executors()[step_type].cache_key_attributes
    decisive = {name: arguments.get(name) for name in attributes}
    return hashlib.sha256(json.dumps(decisive, sort_keys=True).encode()).hexdigest()


def parse_duration(text: str) -> timedelta:
    """Parse a valid ExpireAfter, such as 30d, T16m, 30dT5h or P30DT5H."""
    match = DURATION.fullmatch(text)
    assert match is not None, text
    parts = {name: int(value) for name, value in match.groupdict().items() if value}
    days = sum(count * parts.get(name, 0) for name, count in _DAYS.items())
    return timedelta(days=days, hours=parts.get("hours", 0), minutes=parts.get("minutes", 0))
