"""The metrics of a training job: read from its logs, and written to CloudWatch."""

from __future__ import annotations

import logging
import re
import threading
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

_NAMESPACE = "/aws/sagemaker/TrainingJobs"
# The limit of one PutMetricData call.
_VALUES_PER_CALL = 1000

logger = logging.getLogger(__name__)


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

    def publish(self, cloudwatch: Any, job_name: str) -> None:
        """Write all values with the role of the job. As on AWS, a job whose role may not runs on.

        https://docs.aws.amazon.com/sagemaker/latest/dg/training-metrics.html
        """
        with self._lock:
            entries = [entry for values in self._found.values() for entry in values]
        dimensions = [{"Name": "TrainingJobName", "Value": job_name}]
        try:
            for start in range(0, len(entries), _VALUES_PER_CALL):
                data = [
                    {**entry, "Dimensions": dimensions}
                    for entry in entries[start : start + _VALUES_PER_CALL]
                ]
                cloudwatch.put_metric_data(Namespace=_NAMESPACE, MetricData=data)
        except (BotoCoreError, ClientError) as error:
            logger.warning("No metrics for %s: %s", job_name, error)

    def _record(self, name: str, text: str) -> None:
        try:
            value = float(text)
        except ValueError:
            return
        with self._lock:
            entry = {"MetricName": name, "Value": value, "Timestamp": datetime.now(UTC)}
            self._found.setdefault(name, []).append(entry)
