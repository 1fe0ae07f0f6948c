"""Requests, errors and latency of endpoints in CloudWatch.

https://docs.aws.amazon.com/sagemaker/latest/dg/monitoring-cloudwatch.html: the sum of the errors is
a number of requests, and latency is in microseconds.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from operations.environment_clients import EnvironmentClients

HOURS = 24
_PERIOD_SECONDS = 900
_NAMESPACE = "AWS/SageMaker"
# Member of `Series` -> metric, statistic, and the factor of its unit.
_METRICS = {
    "requests": ("Invocations", "Sum", 1.0),
    "client_errors": ("Invocation4XXErrors", "Sum", 1.0),
    "server_errors": ("Invocation5XXErrors", "Sum", 1.0),
    "mean_milliseconds": ("ModelLatency", "Average", 0.001),
    "most_milliseconds": ("ModelLatency", "Maximum", 0.001),
}
Values = Sequence[tuple[datetime, float]]


@dataclass(frozen=True)
class Series:
    """Values of an endpoint's variant per quarter of an hour, the oldest first."""

    requests: Values
    client_errors: Values
    server_errors: Values
    mean_milliseconds: Values
    most_milliseconds: Values


def endpoint_series(aws: EnvironmentClients, endpoint: str, variant: str, now: datetime) -> Series:
    """Return the values of the last hours."""
    queries = [
        _query(name, metric, statistic, endpoint, variant)
        for name, (metric, statistic, _) in _METRICS.items()
    ]
    found: dict[str, list[tuple[datetime, float]]] = {name: [] for name in _METRICS}
    for result in aws.pages(
        "cloudwatch",
        "get_metric_data",
        "MetricDataResults",
        MetricDataQueries=queries,
        StartTime=now - timedelta(hours=HOURS),
        EndTime=now,
        ScanBy="TimestampAscending",
    ):
        factor = _METRICS[result["Id"]][2]
        values = (value * factor for value in result["Values"])
        found[result["Id"]] += zip(result["Timestamps"], values, strict=True)
    return Series(**found)


def _query(name: str, metric: str, statistic: str, endpoint: str, variant: str) -> dict[str, Any]:
    dimensions = {"EndpointName": endpoint, "VariantName": variant}
    return {
        "Id": name,
        "MetricStat": {
            "Metric": {
                "Namespace": _NAMESPACE,
                "MetricName": metric,
                "Dimensions": [{"Name": key, "Value": value} for key, value in dimensions.items()],
            },
            "Period": _PERIOD_SECONDS,
            "Stat": statistic,
        },
    }
