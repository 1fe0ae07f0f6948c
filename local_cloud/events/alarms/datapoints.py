"""Computes the data points of an alarm's periods from the metric data."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

from moto.cloudwatch.models import MetricAggregatedDatum

from local_cloud.events.alarms.alarm_rule import AlarmRule, in_utc

Key = tuple[str, str, frozenset[tuple[str, str]]]


class Series:
    """The data of one metric, sorted by time. A new datum is usually the latest."""

    def __init__(self) -> None:
        self._times: list[datetime] = []
        self._data: list[Any] = []

    def add(self, datum: Any) -> None:
        """Add a datum (moto's object)."""
        moment = in_utc(datum.timestamp)
        position = bisect_right(self._times, moment)
        self._times.insert(position, moment)
        self._data.insert(position, datum)

    def within(self, begin: datetime, end: datetime) -> list[Any]:
        """Return the data after `begin`, up to and including `end`."""
        first, last = bisect_right(self._times, begin), bisect_right(self._times, end)
        return self._data[first:last]


def key_of(datum: Any) -> Key:
    """Return the identity of the datum's metric: namespace, name and dimensions."""
    dimensions = frozenset((each.name, each.value) for each in datum.dimensions)
    return datum.namespace, datum.name, dimensions


def datapoints(rule: AlarmRule, series: Series, *, now: datetime) -> list[float | None]:
    """Return the statistic of each period, newest first; None for a period without data."""
    return [
        _statistic(rule.statistic, _of_unit(series.within(begin, end), rule.unit))
        for begin, end in rule.windows(now)
    ]


def _of_unit(data: Sequence[Any], unit: str | None) -> Sequence[Any]:
    return data if unit is None else [datum for datum in data if datum.unit == unit]


def _statistic(name: str, data: Sequence[Any]) -> float | None:
    if not data:
        return None
    return _percentile(name, data) if name.startswith("p") else _STATISTICS[name](data)


def _percentile(name: str, data: Sequence[Any]) -> float | None:
    """Return the percentile `name`, such as p99; None for statistic sets."""
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
    """Return whether a datum is a statistic set (StatisticValues)."""
    return isinstance(datum, MetricAggregatedDatum)


_STATISTICS: Mapping[str, Callable[[Sequence[Any]], float]] = {
    "SampleCount": _count,
    "Sum": _sum,
    "Average": lambda data: _sum(data) / _count(data),
    "Minimum": _minimum,
    "Maximum": _maximum,
}
