"""The CloudWatch metrics of endpoints.

Each metric is published twice: with the dimensions of its variant, and with those of its fleet,
which include the endpoint configuration. Sources: "Metrics for monitoring Amazon SageMaker AI with
Amazon CloudWatch", endpoint invocations; and, for the fleets,
https://docs.aws.amazon.com/sagemaker/latest/dg/deployment-guardrails-configuration.html
"""

from __future__ import annotations

import threading
import time
from collections import Counter, defaultdict
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from local_cloud.context import Cloud

NAMESPACE = "AWS/SageMaker"
_MICROSECONDS = 1_000_000
# The limit of one PutMetricData call.
_MAX_UNSENT = 1000
# Endpoint, variant, endpoint configuration (None: all fleets), metric.
_Key = tuple[str, str, str | None, str]


@dataclass(frozen=True)
class EndpointInvocation:
    """A processed request: its status, and the seconds in the model and outside of the model."""

    endpoint: str
    variant: str
    config: str
    status: int
    model_seconds: float
    overhead_seconds: float
    instances: int


@dataclass
class _Series:
    """Values of a metric, summarised as a statistic set of CloudWatch."""

    count: int = 0
    total: float = 0.0
    minimum: float = float("inf")
    maximum: float = float("-inf")

    def add(self, value: float) -> None:
        self.count += 1
        self.total += value
        self.minimum = min(self.minimum, value)
        self.maximum = max(self.maximum, value)

    def statistics(self) -> dict[str, float]:
        return {
            "SampleCount": float(self.count),
            "Sum": self.total,
            "Minimum": self.minimum,
            "Maximum": self.maximum,
        }


class EndpointMetrics:
    """Counts the invocations of endpoints. Thread-safe."""

    def __init__(self, cloud: Cloud) -> None:
        self._cloud = cloud
        self._lock = threading.Lock()
        self._series: dict[_Key, _Series] = defaultdict(_Series)
        self._unsent: list[dict[str, Any]] = []
        # Endpoint and variant -> second -> invocations.
        self._seconds: dict[tuple[str, str], Counter[int]] = defaultdict(Counter)

    def record(self, invocation: EndpointInvocation) -> None:
        """Count an invocation. It is sent with the next `flush`."""
        with self._lock:
            self._seconds[invocation.endpoint, invocation.variant][int(time.monotonic())] += 1
            for metric, value in _values(invocation).items():
                for config in (None, invocation.config):
                    key = (invocation.endpoint, invocation.variant, config, metric)
                    self._series[key].add(value)

    def last_minute(self, endpoint: str, variant: str) -> int:
        """Return the number of invocations of a variant in the last minute."""
        oldest = int(time.monotonic()) - 60
        with self._lock:
            recent = {s: n for s, n in self._seconds[endpoint, variant].items() if s > oldest}
            self._seconds[endpoint, variant] = Counter(recent)
        return sum(recent.values())

    def flush(self) -> None:
        """Send the invocations counted since the last flush."""
        with self._lock:
            series, self._series = self._series, defaultdict(_Series)
        now = datetime.now(UTC)
        data = [{**_datum(*key, figures), "Timestamp": now} for key, figures in series.items()]
        self._unsent = [*self._unsent, *data][-_MAX_UNSENT:]
        if self._unsent:
            client = self._cloud.client("cloudwatch")
            client.put_metric_data(Namespace=NAMESPACE, MetricData=self._unsent)
            self._unsent = []


def _datum(
    endpoint: str, variant: str, config: str | None, metric: str, figures: _Series
) -> dict[str, Any]:
    dimensions = {"EndpointName": endpoint, "VariantName": variant}
    if config is not None:
        dimensions["EndpointConfigName"] = config
    return {
        "MetricName": metric,
        "Dimensions": [{"Name": name, "Value": value} for name, value in dimensions.items()],
        "Unit": "Microseconds" if metric.endswith("Latency") else "None",
        "StatisticValues": figures.statistics(),
    }


def _values(invocation: EndpointInvocation) -> dict[str, float]:
    return {
        "Invocations": 1.0,
        "InvocationsPerInstance": 1.0 / max(1, invocation.instances),
        "Invocation4XXErrors": float(400 <= invocation.status < 500),
        "Invocation5XXErrors": float(invocation.status >= 500),
        "ModelLatency": invocation.model_seconds * _MICROSECONDS,
        "OverheadLatency": invocation.overhead_seconds * _MICROSECONDS,
    }
