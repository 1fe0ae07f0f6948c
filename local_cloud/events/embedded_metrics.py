"""Metrics in log events of CloudWatch's embedded metric format.

https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from moto.cloudwatch.models import cloudwatch_backends
from moto.logs.models import LogsBackend

_MARK = '"CloudWatchMetrics"'
_MOST_METRICS, _MOST_DIMENSIONS, _MOST_VALUES = 100, 9, 100

Metrics = tuple[str, list[dict[str, Any]]]

_put_log_events = LogsBackend.put_log_events


def install() -> None:
    """Extract the metrics of all stored log events. Idempotent."""
    LogsBackend.put_log_events = _put_and_extract


def _put_and_extract(
    backend: LogsBackend, log_group_name: str, log_stream_name: str, log_events: list[Any]
) -> Any:
    response = _put_log_events(backend, log_group_name, log_stream_name, log_events)
    metrics = cloudwatch_backends[backend.account_id][backend.region_name]
    for event in log_events:
        for namespace, data in embedded_metrics(event["message"]):
            metrics.put_metric_data(namespace, data)
    return response


def embedded_metrics(message: str) -> Iterator[Metrics]:
    """Yield the namespace and the MetricData of each directive of a log event.

    A message of another format has none, and neither has a directive that breaks the specification:
    CloudWatch stores such an event as text.
    """
    if _MARK not in message:
        return
    try:
        document = json.loads(message)
        seconds = document["_aws"]["Timestamp"] / 1000
        # moto's times have no time zone.
        timestamp = datetime.fromtimestamp(seconds, UTC).replace(tzinfo=None)
        for directive in document["_aws"]["CloudWatchMetrics"]:
            yield directive["Namespace"], _data(directive, document, timestamp)
    except (KeyError, TypeError, ValueError):
        return


def _data(
    directive: Mapping[str, Any], document: Mapping[str, Any], timestamp: datetime
) -> list[dict[str, Any]]:
    return [
        {
            "MetricName": metric["Name"],
            "Unit": metric.get("Unit", "None"),
            "Timestamp": timestamp,
            "Dimensions": _dimensions(names, document),
            "Values": _values(document[metric["Name"]]),
        }
        for names in directive["Dimensions"]
        for metric in _at_most(_MOST_METRICS, directive["Metrics"])
    ]


def _dimensions(names: Sequence[str], document: Mapping[str, Any]) -> list[dict[str, str]]:
    dimensions = [
        {"Name": name, "Value": document[name]} for name in _at_most(_MOST_DIMENSIONS, names)
    ]
    if not all(isinstance(each["Value"], str) for each in dimensions):
        raise TypeError("the value of a dimension is a string")
    return dimensions


def _values(target: Any) -> list[float]:
    values = target if isinstance(target, list) else [target]
    if any(isinstance(value, bool | str) for value in values):
        raise TypeError("the value of a metric is a number")
    return [float(value) for value in _at_most(_MOST_VALUES, values)]


def _at_most(count: int, entries: Sequence[Any]) -> Sequence[Any]:
    if len(entries) > count:
        raise ValueError(f"{len(entries)} entries, at most {count}")
    return entries
