"""Extracts the metrics of a training job from its logs, according to MetricDefinitions."""

from __future__ import annotations

import re
import threading
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any


class MetricReader:
    """Keeps the values of each metric. Thread-safe, because each host has a log thread."""

    def __init__(self, definitions: Sequence[Mapping[str, str]]) -> None:
        self._patterns = {entry["Name"]: re.compile(entry["Regex"]) for entry in definitions}
        self._found: dict[str, list[dict[str, Any]]] = {}
        self._lock = threading.Lock()

    def read(self, line: str) -> None:
        """Search a line for every metric. A match that is not a number is ignored."""
        for name, pattern in self._patterns.items():
            for match in pattern.finditer(line):
                self._record(name, match.group(1) if pattern.groups else match.group(0))

    def final(self) -> list[dict[str, Any]]:
        """Return the FinalMetricDataList: the last value of each metric."""
        with self._lock:
            return [dict(entries[-1]) for entries in self._found.values()]

    def values(self, name: str) -> list[float]:
        """Return all values of a metric, in the order of the log."""
        with self._lock:
            return [entry["Value"] for entry in self._found.get(name, [])]

    def _record(self, name: str, text: str) -> None:
        try:
            value = float(text)
        except ValueError:
            return
        with self._lock:
            entry = {"MetricName": name, "Value": value, "Timestamp": datetime.now(UTC)}
            self._found.setdefault(name, []).append(entry)
