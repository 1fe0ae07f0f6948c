"""moto's CloudWatch with evaluated alarms. Alarms with unsupported settings are rejected."""

from __future__ import annotations

import re
import threading
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from types import SimpleNamespace
from typing import Any, ClassVar

from moto.cloudwatch import urls
from moto.cloudwatch.exceptions import InvalidParameterValue, ResourceNotFound
from moto.cloudwatch.models import CloudWatchBackend

from local_cloud.events.alarms.alarm_evaluation import COMPARISONS, INSUFFICIENT_DATA
from local_cloud.events.alarms.alarm_rule import AlarmRule, in_utc
from local_cloud.events.alarms.datapoints import Key, Series, datapoints, key_of
from local_cloud.events.alarms.state_reasons import timestamp
from local_cloud.moto_lock import MOTO

_STATISTICS = ("SampleCount", "Average", "Sum", "Minimum", "Maximum")
_TREATMENTS = ("missing", "ignore", "breaching", "notBreaching")
_ACTIONS = ("alarm_actions", "ok_actions", "insufficient_data_actions")
# The attributes of an existing alarm that PutMetricAlarm does not change.
_LASTING = (
    "state_value",
    "state_reason",
    "state_reason_data",
    "state_updated_timestamp",
    "history",
)


class LaptopCloudWatchBackend(CloudWatchBackend):  # type: ignore[misc]  # moto is untyped here
    """moto's metrics, alarms and dashboards.

    `on_metric_data()` is called when metrics arrive or an alarm is created;
    `on_set(alarm, before)` is called when SetAlarmState has changed the state of an alarm.
    """

    on_metric_data: ClassVar[Callable[[], object]]
    on_set: ClassVar[Callable[[Any, Mapping[str, str]], object]]

    def __init__(self, region_name: str, account_id: str) -> None:
        super().__init__(region_name, account_id)
        # moto has one list of all data. With a series per metric, an alarm reads only its metric.
        self._series: dict[Key, Series] = defaultdict(Series)
        self._arrival = threading.Lock()
        # Held while the state of an alarm changes: an evaluation must not undo SetAlarmState.
        self.changes = threading.Lock()

    @property
    def _url_module(self) -> Any:
        return urls

    def tag_resource(self, arn: str, tags: dict[str, str]) -> None:
        """Tag an alarm or, unlike moto, a dashboard."""
        if arn not in {each.arn for each in list(self.dashboards.values())}:
            super().tag_resource(arn, tags)
            return
        self.tagger.tag_resource(arn, self.tagger.convert_dict_to_tags_input(tags))

    def put_metric_alarm(self, **settings: Any) -> Any:
        """Create or update an alarm. Raises InvalidParameterValue for unsupported settings.

        The state of a new alarm is INSUFFICIENT_DATA. An updated alarm keeps its state until the
        next evaluation.
        """
        for problem in _problems(settings):
            raise InvalidParameterValue(f"Alarm {settings['name']}: {problem}")
        with self.changes:
            before = self.alarms.get(settings["name"])
            alarm = super().put_metric_alarm(**settings)
            if before is None:
                alarm.state_value = INSUFFICIENT_DATA
            else:
                vars(alarm).update({name: getattr(before, name) for name in _LASTING})
        type(self).on_metric_data()
        return alarm

    def put_metric_data(self, namespace: str, metric_data: list[dict[str, Any]]) -> None:
        """Store metrics, and request an evaluation of the alarms."""
        with MOTO.held(), self._arrival:
            known = len(self.metric_data)
            super().put_metric_data(namespace, metric_data)
            for datum in self.metric_data[known:]:
                self._series[key_of(datum)].add(datum)
        type(self).on_metric_data()

    def get_metric_statistics(
        self,
        namespace: str,
        metric_name: str,
        *span: Any,
        dimensions: list[dict[str, str]],
        unit: str | None = None,
    ) -> Any:
        """Return the statistics of the metric with exactly these dimensions.

        moto also counts metrics with more dimensions. AWS does not combine them:
        https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_GetMetricStatistics.html
        """
        pairs = frozenset((each["Name"], each["Value"]) for each in dimensions)
        key = (namespace, metric_name, pairs)
        found = [datum for datum in self.get_all_metrics() if key_of(datum) == key]
        return CloudWatchBackend.get_metric_statistics(
            SimpleNamespace(get_all_metrics=lambda: found),
            namespace,
            metric_name,
            *span,
            dimensions=dimensions,
            unit=unit,
        )

    def datapoints(self, rule: AlarmRule, now: datetime) -> list[float | None]:
        """Return the data points of the rule's periods, newest first."""
        with self._arrival:
            return datapoints(rule, self._series[rule.key], now=now)

    def set_alarm_state(
        self, alarm_name: str, reason: str, reason_data: str | None, state_value: str
    ) -> None:
        """Set the state of an alarm and run its actions. The next evaluation may change it."""
        with self.changes:
            if alarm_name not in self.alarms:
                raise ResourceNotFound
            alarm = self.alarms[alarm_name]
            before = state_of(alarm)
            super().set_alarm_state(alarm_name, reason, reason_data or "{}", state_value)
        if before["value"] != state_value:
            with MOTO.released():
                type(self).on_set(alarm, before)


def _problems(settings: Mapping[str, Any]) -> list[str]:
    """Return the reasons why the laptop cloud cannot evaluate an alarm with these settings."""
    if settings.get("metric_data_queries") or settings.get("threshold_metric_id"):
        return [
            "the laptop cloud does not support metric math (Metrics); set MetricName and Namespace"
        ]
    return [*_measure_problems(settings), *_action_problems(settings)]


def _measure_problems(settings: Mapping[str, Any]) -> Iterator[str]:
    statistic = settings.get("statistic") or settings.get("extended_statistic") or "none"
    if statistic not in _STATISTICS and not re.fullmatch(r"p\d{1,2}(\.\d+)?|p100", statistic):
        known = ", ".join(_STATISTICS)
        yield f"statistic {statistic} is not supported; expected {known} or p0 to p100"
    comparison = settings.get("comparison_operator")
    if comparison not in COMPARISONS:
        yield f"{comparison} is not supported; expected one of {', '.join(COMPARISONS)}"
    treatment = settings.get("treat_missing_data") or "missing"
    if treatment not in _TREATMENTS:
        yield f"TreatMissingData {treatment} is invalid; expected one of {', '.join(_TREATMENTS)}"
    periods = settings.get("evaluation_periods") or 0
    if not settings.get("period") or not periods:
        yield "Period and EvaluationPeriods are required"
    if (settings.get("datapoints_to_alarm") or periods) > periods:
        yield "DatapointsToAlarm is more than EvaluationPeriods"


def _action_problems(settings: Mapping[str, Any]) -> Iterator[str]:
    for name in _ACTIONS:
        for action in settings.get(name) or []:
            if not action.startswith("arn:aws:sns:"):
                yield f"the laptop cloud does not support the action {action}; use SNS topics"


def state_of(alarm: Any) -> dict[str, str]:
    """Return the state of an alarm in the format of its events."""
    return {
        "value": alarm.state_value,
        "reason": alarm.state_reason,
        "reasonData": alarm.state_reason_data,
        "timestamp": timestamp(in_utc(alarm.state_updated_timestamp)),
    }
