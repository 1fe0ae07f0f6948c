"""The data points of an alarm's periods, from the metrics that were put."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

from moto.cloudwatch.models import MetricAggregatedDatum

from local_cloud.events.alarms.rule import AlarmRule, in_utc


def datapoints(rule: AlarmRule, data: Sequence[Any], *, now: datetime) -> list[float | None]:
    """The statistic of each period, the newest first; None where a period has no data.

    `data` are moto's data of the rule's metric, in whatever order they arrived.
    """
    fitting = [
        (in_utc(datum.timestamp), datum)
        for datum in data
        if _dimensions(datum) == rule.dimensions and rule.unit in (None, datum.unit)
    ]
    return [
        _statistic(rule.statistic, [datum for at, datum in fitting if begin < at <= end])
        for begin, end in rule.windows(now)
    ]


def _dimensions(datum: Any) -> frozenset[tuple[str, str]]:
    return frozenset((each.name, each.value) for each in datum.dimensions)


def _statistic(name: str, data: Sequence[Any]) -> float | None:
    if not data:
        return None
    return _percentile(name, data) if name.startswith("p") else _STATISTICS[name](data)


def _percentile(name: str, data: Sequence[Any]) -> float | None:
    """The value that `name` (p99) percent of the values lie at or below; sets have none."""
    values = sorted(each.value for each in data if not isinstance(each, MetricAggregatedDatum))
    if not values:
        return None
    rank = -(-float(name[1:]) * len(values) // 100)
    return float(values[max(0, int(rank) - 1)])


def _count(data: Sequence[Any]) -> float:
    return float(sum(getattr(each, "sample_count", 1) for each in data))


def _sum(data: Sequence[Any]) -> float:
    return float(sum(each.sum if _is_set(each) else each.value for each in data))


def _minimum(data: Sequence[Any]) -> float:
    return float(min(each.min if _is_set(each) else each.value for each in data))


def _maximum(data: Sequence[Any]) -> float:
    return float(max(each.max if _is_set(each) else each.value for each in data))


def _is_set(datum: Any) -> bool:
    """Whether a datum stands for several values (StatisticValues)."""
    return isinstance(datum, MetricAggregatedDatum)


_STATISTICS: Mapping[str, Callable[[Sequence[Any]], float]] = {
    "SampleCount": _count,
    "Sum": _sum,
    "Average": lambda data: _sum(data) / _count(data),
    "Minimum": _minimum,
    "Maximum": _maximum,
}
