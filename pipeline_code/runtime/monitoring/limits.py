"""The limits of the measures of drift and of bias, from the job's environment."""

import os

from pipeline_code.runtime.drift_measures import Limits
from pipeline_code.runtime.job_errors import SettingError
from pipeline_code.runtime.monitoring.bias_drift import BiasLimits


def limits_from_environment() -> Limits:
    """The limits that the environment defines; raises SettingError when one is invalid."""
    return Limits(
        unseen_share=_share("MaxUnseenShare", "MAX_UNSEEN_SHARE"),
        changed_share=_share("MaxChangedShare", "MAX_CHANGED_SHARE"),
        false_alarm_rate=_share("FalseAlarmRate", "FALSE_ALARM_RATE", zero=False),
    )


def bias_limits_from_environment() -> BiasLimits:
    """The limits that the environment defines; raises SettingError when one is invalid."""
    return BiasLimits(
        tolerance=_share("MaxBiasChange", "MAX_BIAS_CHANGE"),
        false_alarm_rate=_share("FalseAlarmRate", "FALSE_ALARM_RATE", zero=False),
    )


def least_labels() -> int:
    """The parameter MinLabels; raises SettingError when it is invalid."""
    text = os.environ.get("MIN_LABELS", "")
    if not text.isdecimal() or int(text) < 1:
        raise SettingError(f"MinLabels is {text!r}: use a whole number from 1")
    return int(text)


def _share(parameter: str, variable: str, *, zero: bool = True) -> float:
    text = os.environ.get(variable, "")
    try:
        number = float(text)
    except ValueError:
        number = -1.0
    if not (0 <= number <= 1) or (number == 0 and not zero):
        allowed = "a number from 0 to 1" if zero else "a number above 0 and up to 1"
        raise SettingError(f"{parameter} is {text!r}: allowed is {allowed}, such as 0.01")
    return number
