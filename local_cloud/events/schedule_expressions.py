"""EventBridge schedule expressions: cron and rate, in UTC.

https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-scheduled-rule-pattern.html
"""

from __future__ import annotations

import re
from datetime import datetime, timedelta

from croniter import CroniterBadDateError, CroniterError, croniter

from local_cloud.errors import LocalCloudError

_RATE = re.compile(r"rate\(([1-9]\d*) (minutes?|hours?|days?)\)")
_CRON = re.compile(r"cron\((\S+) (\S+) (\S+) (\S+) (\S+) (\S+)\)")
_DAYS = ("SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT")
# A day of the week with an optional suffix: `#2` is the second such day of the month, `L` the last.
_DAY = re.compile(r"(?<![\d#/])([1-7])(?=$|[-,L#/])")


class InvalidSchedule(LocalCloudError):
    """EventBridge rejects the schedule expression."""


def check_expression(expression: str) -> None:
    """Raise `InvalidSchedule` if EventBridge would reject the expression."""
    if _RATE.fullmatch(expression):
        _interval(expression)
    else:
        _croniter(expression, datetime(2000, 1, 1))


def next_time(expression: str, *, after: datetime, anchor: datetime) -> datetime | None:
    """Return the next time after `after` (UTC); None if the schedule does not fire again.

    `anchor` is the start of a rate, which fires at anchor + n × interval. Raises
    `InvalidSchedule`.
    """
    if _RATE.fullmatch(expression):
        interval = _interval(expression)
        passed = max(0, (after - anchor) // interval)
        try:
            return anchor + (passed + 1) * interval
        except OverflowError:  # after the last year of `datetime`
            return None
    try:
        found: datetime = _croniter(expression, after).get_next(datetime)
    except CroniterBadDateError:
        return None
    return found


def _interval(expression: str) -> timedelta:
    match = _RATE.fullmatch(expression)
    assert match is not None
    number, unit = int(match[1]), match[2]
    if (number == 1) == unit.endswith("s"):
        raise InvalidSchedule(
            f"{expression!r}: the unit is singular for 1 and plural for any other number"
        )
    try:
        return timedelta(**{unit.removesuffix("s") + "s": number})
    except OverflowError as error:
        raise InvalidSchedule(f"{expression!r}: the interval is too long: {error}") from error


def _croniter(expression: str, start: datetime) -> croniter:
    match = _CRON.fullmatch(expression)
    if match is None:
        raise InvalidSchedule(
            f"{expression!r} is not a schedule, expected cron(minutes hours day-of-month month "
            "day-of-week year) or rate(number unit), with one space between"
        )
    minutes, hours, day, month, weekday, year = match.groups()
    if (day == "?") == (weekday == "?"):
        raise InvalidSchedule(
            f"{expression!r}: exactly one of day-of-month and day-of-week must be ?"
        )
    fields = [minutes, hours, day.replace("?", "*"), month, _weekday(weekday), "0", year]
    try:
        return croniter(" ".join(fields), start)
    except (CroniterError, KeyError) as error:
        raise InvalidSchedule(f"{expression!r} is not a schedule: {error}") from error


def _weekday(field: str) -> str:
    """Convert a day of the week: Sunday is 1 in EventBridge and 0 in croniter.

    `L` is Saturday, and `6L` is the last Friday of the month."""
    if field == "?":
        return "*"
    named = field.upper()
    for number, name in enumerate(_DAYS):
        named = named.replace(name, str(number + 1))
    shifted = _DAY.sub(lambda match: str(int(match[1]) - 1), named)
    if shifted == "L":
        return "6"
    return re.sub(r"(\d)L", r"L\1", shifted)
