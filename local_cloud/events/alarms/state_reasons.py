"""The reason for an alarm's state, as text and as JSON in the format of CloudWatch."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime

from local_cloud.events.alarms.alarm_evaluation import ALARM, INSUFFICIENT_DATA, is_breaching
from local_cloud.events.alarms.alarm_rule import BREACHING, NOT_BREACHING, AlarmRule

_WORDS = {
    "GreaterThanOrEqualToThreshold": "greater than or equal to",
    "GreaterThanThreshold": "greater than",
    "LessThanThreshold": "less than",
    "LessThanOrEqualToThreshold": "less than or equal to",
}
_FILLED = {BREACHING: "[Breaching]", NOT_BREACHING: "[NonBreaching]"}


def reason(
    rule: AlarmRule, datapoints: Sequence[float | None], *, now: datetime, before: str, after: str
) -> str:
    """Return the StateReason of the change from `before` to `after`."""
    missing = sum(value is None for value in datapoints)
    if after == INSUFFICIENT_DATA:
        return f"Insufficient Data: {_counted(missing, 'datapoint')} was unknown."
    filled = _filled(rule, missing)
    if missing == len(datapoints):
        crossed = f"no datapoints were received for {_counted(missing, 'period')}{filled}"
    else:
        points = _points(rule, datapoints, now=now, after=after)
        crossed = f"{points}{filled}{_transition(rule, before, after)}"
    return f"Threshold Crossed: {crossed}."


def reason_data(rule: AlarmRule, datapoints: Sequence[float | None], *, now: datetime) -> str:
    """Return the StateReasonData of the same change: the data points as JSON, oldest first."""
    document = {
        "version": "1.0",
        "queryDate": timestamp(now),
        "startDate": timestamp(rule.windows(now)[-1][0]),
        **({"unit": rule.unit} if rule.unit else {}),
        "statistic": rule.statistic,
        "period": rule.period,
        "recentDatapoints": [value for value in reversed(datapoints) if value is not None],
        "threshold": rule.threshold,
    }
    return json.dumps(document, separators=(",", ":"))


def timestamp(moment: datetime) -> str:
    """Return a time in the format of alarms: 2019-10-02T17:04:40.989+0000."""
    return f"{moment:%Y-%m-%dT%H:%M:%S}.{moment.microsecond // 1000:03}+0000"


def _points(
    rule: AlarmRule, datapoints: Sequence[float | None], *, now: datetime, after: str
) -> str:
    shown = [
        (value, begin)
        for value, (begin, _) in zip(datapoints, rule.windows(now), strict=True)
        if value is not None and is_breaching(rule, value) == (after == ALARM)
    ]
    listed = ", ".join(f"{value} ({begin:%d/%m/%y %H:%M:%S})" for value, begin in shown)
    was = "was" if len(shown) == 1 else "were"
    not_ = "" if after == ALARM else " not"
    return (
        f"{len(shown)} out of the last {len(datapoints)} datapoints [{listed}] "
        f"{was}{not_} {_WORDS[rule.comparison]} the threshold ({rule.threshold})"
    )


def _filled(rule: AlarmRule, missing: int) -> str:
    if not missing or rule.treat_missing not in _FILLED:
        return ""
    was = "was" if missing == 1 else "were"
    points = _counted(missing, "missing datapoint")
    return f" and {points} {was} treated as {_FILLED[rule.treat_missing]}"


def _transition(rule: AlarmRule, before: str, after: str) -> str:
    minimum = rule.datapoints_to_alarm
    if after != ALARM:
        minimum = rule.evaluation_periods - minimum + 1
        before = ALARM
    elif before != ALARM:
        before = "OK"
    return f" (minimum {_counted(minimum, 'datapoint')} for {before} -> {after} transition)"


def _counted(number: int, what: str) -> str:
    return f"{number} {what}" if number == 1 else f"{number} {what}s"
