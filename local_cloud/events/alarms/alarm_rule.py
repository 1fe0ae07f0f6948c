"""The settings of an alarm, and the time windows of its periods."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

MISSING, IGNORE, BREACHING, NOT_BREACHING = "missing", "ignore", "breaching", "notBreaching"


@dataclass(frozen=True)
class AlarmRule:
    """The settings of PutMetricAlarm that determine the state of an alarm.

    `statistic` is a standard statistic or a percentile such as p99. `period` is in seconds. The
    alarm uses only data that have exactly the given `dimensions`.
    """

    namespace: str
    metric_name: str
    dimensions: frozenset[tuple[str, str]]
    statistic: str
    unit: str | None
    period: int
    evaluation_periods: int
    datapoints_to_alarm: int
    threshold: float
    comparison: str
    treat_missing: str

    @property
    def key(self) -> tuple[str, str, frozenset[tuple[str, str]]]:
        """The identity of the metric: namespace, name and dimensions."""
        return self.namespace, self.metric_name, self.dimensions

    def windows(self, now: datetime) -> list[tuple[datetime, datetime]]:
        """Return start and end of each evaluated period, newest first. The newest ends at `now`."""
        period = timedelta(seconds=self.period)
        return [
            (now - (back + 1) * period, now - back * period)
            for back in range(self.evaluation_periods)
        ]


def rule_of(alarm: Any) -> AlarmRule:
    """Return the settings of moto's alarm."""
    return AlarmRule(
        namespace=alarm.namespace,
        metric_name=alarm.metric_name,
        dimensions=frozenset((each.name, each.value) for each in alarm.dimensions),
        statistic=alarm.statistic or alarm.extended_statistic,
        unit=alarm.unit,
        period=int(alarm.period),
        evaluation_periods=int(alarm.evaluation_periods),
        datapoints_to_alarm=int(alarm.datapoints_to_alarm or alarm.evaluation_periods),
        threshold=float(alarm.threshold),
        comparison=alarm.comparison_operator,
        treat_missing=alarm.treat_missing_data or MISSING,
    )


def in_utc(moment: datetime) -> datetime:
    """Return a time with the zone UTC. moto's times are in UTC, without a zone."""
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
