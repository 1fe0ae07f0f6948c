"""Determines the state of an alarm from the data point of each period. Pure functions.

Source: Amazon CloudWatch user guide, "Alarm evaluation" and "Configuring how CloudWatch alarms
treat missing data".
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping, Sequence

from local_cloud.events.alarms.alarm_rule import BREACHING, IGNORE, MISSING, AlarmRule

OK, ALARM, INSUFFICIENT_DATA = "OK", "ALARM", "INSUFFICIENT_DATA"
COMPARISONS: Mapping[str, Callable[[float, float], bool]] = {
    "GreaterThanOrEqualToThreshold": operator.ge,
    "GreaterThanThreshold": operator.gt,
    "LessThanThreshold": operator.lt,
    "LessThanOrEqualToThreshold": operator.le,
}


def next_state(rule: AlarmRule, datapoints: Sequence[float | None], state: str) -> str:
    """Return the state after `state`, given one data point per period, newest first.

    A data point is None if its period has no data. If data is missing, CloudWatch also reads some
    earlier periods; the laptop cloud does not.
    """
    real = [is_breaching(rule, value) for value in datapoints if value is not None]
    missing = len(datapoints) - len(real)
    filled = missing if rule.treat_missing == BREACHING else 0
    if sum(real) + filled >= rule.datapoints_to_alarm:
        return ALARM
    if rule.treat_missing not in (MISSING, IGNORE) or not missing:
        return OK
    if not real:
        return INSUFFICIENT_DATA if rule.treat_missing == MISSING else state
    return _of_few(rule, datapoints, state) if all(real) else OK


def is_breaching(rule: AlarmRule, value: float) -> bool:
    """Return whether a data point breaches the threshold."""
    return COMPARISONS[rule.comparison](value, rule.threshold)


def _of_few(rule: AlarmRule, datapoints: Sequence[float | None], state: str) -> str:
    """Return the state if all data points breach, but there are fewer than DatapointsToAlarm.

    The state is ALARM if missing data are treated as missing and the oldest data point is at least
    DatapointsToAlarm periods old. Otherwise the state does not change.
    """
    oldest = max(index for index, value in enumerate(datapoints) if value is not None)
    enough = oldest >= rule.datapoints_to_alarm - 1
    return ALARM if rule.treat_missing == MISSING and enough else state
