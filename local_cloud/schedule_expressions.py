"""EventBridge schedule expressions: which are valid, and when they fire.

Rules fire in UTC, schedules of EventBridge Scheduler in their time zone. Sources:
https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-scheduled-rule-pattern.html
https://docs.aws.amazon.com/scheduler/latest/UserGuide/schedule-types.html
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta, tzinfo
from zoneinfo import ZoneInfo, available_timezones

from croniter import CroniterBadDateError, CroniterError, croniter

_EXPRESSION = re.compile(r"(cron|rate)\((.*)\)")
_RATE = re.compile(r"([1-9]\d*) (minute|hour|day)(s?)")
_MONTHS = ("JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC")
_DAYS = ("SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT")
# Field -> its lowest and highest number, and the names for the numbers from the lowest on.
# EventBridge's last year is 2199; that of croniter is 2099.
_FIELDS: dict[str, tuple[int, int, tuple[str, ...]]] = {
    "minute": (0, 59, ()),
    "hour": (0, 23, ()),
    "day-of-month": (1, 31, ()),
    "month": (1, 12, _MONTHS),
    "day-of-week": (1, 7, _DAYS),
    "year": (1970, 2099, ()),
}
_SPECIAL = {
    "day-of-month": r"\?|L|([1-9]|[12]\d|3[01])W",
    "day-of-week": r"\?|L|([1-7]|SUN|MON|TUE|WED|THU|FRI|SAT)(L|#[1-5])",
}
# A day of the week with an optional suffix: `#2` is the second such day of the month, `L` the last.
_DAY = re.compile(r"(?<![\d#/])([1-7])(?=$|[-,L#/])")


class InvalidSchedule(ValueError):
    """EventBridge rejects the schedule expression."""


def problem_with(expression: str) -> str | None:
    """Return the error in a cron or rate expression, as text; None when EventBridge accepts it."""
    match = _EXPRESSION.fullmatch(expression)
    if match is None:
        return "write it as cron(…) or rate(…)"
    kind, inside = match.groups()
    return _problem_with_rate(inside) if kind == "rate" else _problem_with_cron(inside)


def problem_with_time_zone(name: str) -> str | None:
    """Return the error in the name of a time zone, as text; None if it exists."""
    if name in available_timezones():
        return None
    return "use a name of the IANA time zone database, such as Europe/Berlin"


def check_expression(expression: str) -> None:
    """Raise `InvalidSchedule` if EventBridge would reject the expression."""
    problem = problem_with(expression)
    if problem is not None:
        raise InvalidSchedule(f"{expression!r} is not a schedule: {problem}")


def is_rate(expression: str) -> bool:
    """Return whether the schedule has an interval, so that its times depend on its start."""
    return expression.startswith("rate(")


def next_time(
    expression: str, *, after: datetime, anchor: datetime, time_zone: str | None = None
) -> datetime | None:
    """Return the next time after `after`, in UTC; None if the schedule does not fire again.

    `anchor` is the start of a rate, which fires at anchor + n × interval. Raises
    `InvalidSchedule`.
    """
    check_expression(expression)
    if is_rate(expression):
        return _next_of_rate(_interval(expression), after=after, anchor=anchor)
    return next(_times(expression, after, ZoneInfo(time_zone) if time_zone else UTC), None)


def firings(
    expression: str, time_zone: str | None, start: datetime, end: datetime
) -> Iterator[datetime]:
    """Yield the times from `start` on and before `end`, in UTC. A rate starts at `start`.

    Raises `InvalidSchedule`.
    """
    found = next_time(
        expression, after=start - timedelta(microseconds=1), anchor=start, time_zone=time_zone
    )
    while found is not None and found < end:
        yield found
        found = next_time(expression, after=found, anchor=start, time_zone=time_zone)


def _next_of_rate(interval: timedelta, *, after: datetime, anchor: datetime) -> datetime | None:
    passed = max(0, (after - anchor) // interval)
    try:
        return anchor + (passed + 1) * interval
    except OverflowError:  # after the last year of `datetime`
        return None


def _times(expression: str, after: datetime, zone: tzinfo) -> Iterator[datetime]:
    """Yield the times of a cron expression.

    A time that the change to daylight saving time skips does not exist, so nothing fires. A time
    that exists twice fires once, the first time ("Daylight savings time" of schedule-types.html).
    """
    local = _croniter(expression, after.astimezone(zone).replace(tzinfo=None))
    try:
        while True:
            wall: datetime = local.get_next(datetime)
            found = wall.replace(tzinfo=zone).astimezone(UTC)
            exists = found.astimezone(zone).replace(tzinfo=None) == wall
            if exists and found > after:
                yield found
    except CroniterBadDateError:
        return


def _problem_with_rate(inside: str) -> str | None:
    match = _RATE.fullmatch(inside)
    if match is None:
        return "a rate is a positive whole number and minute(s), hour(s) or day(s)"
    if (match[1] == "1") == bool(match[3]):
        return "the unit is singular for 1 and plural for anything else"
    try:
        _interval(f"rate({inside})")
    except OverflowError as error:
        return f"the interval is too long: {error}"
    return None


def _interval(expression: str) -> timedelta:
    match = _RATE.fullmatch(expression.removeprefix("rate(").removesuffix(")"))
    assert match is not None
    return timedelta(**{f"{match[2]}s": int(match[1])})


def _problem_with_cron(inside: str) -> str | None:
    values = inside.split(" ")
    if len(values) != len(_FIELDS):
        return f"cron has six fields, here are {len(values)}"
    fields = dict(zip(_FIELDS, values, strict=True))
    for name, value in fields.items():
        if not all(_is_part(name, part) for part in value.split(",")):
            return f"{value!r} is not a {name}"
    if (fields["day-of-month"] == "?") == (fields["day-of-week"] == "?"):
        return "exactly one of day-of-month and day-of-week must be ?"
    try:
        _croniter(f"cron({inside})", datetime(2000, 1, 1))
    except (CroniterError, KeyError) as error:
        return str(error)
    return None


def _is_part(name: str, part: str) -> bool:
    if re.fullmatch(_SPECIAL.get(name, r"(?!)"), part):
        return True
    span, slash, step = part.partition("/")
    if slash and not (step.isdigit() and int(step) > 0):
        return False
    return span == "*" or _is_span(name, span)


def _is_span(name: str, span: str) -> bool:
    numbers = [_number(name, end) for end in span.split("-")]
    lowest, highest, _ = _FIELDS[name]
    return len(numbers) <= 2 and all(
        number is not None and lowest <= number <= highest for number in numbers
    )


def _number(name: str, text: str) -> int | None:
    lowest, _, names = _FIELDS[name]
    if text in names:
        return lowest + names.index(text)
    return int(text) if text.isdigit() and text.isascii() else None


def _croniter(expression: str, start: datetime) -> croniter:
    fields = expression.removeprefix("cron(").removesuffix(")").split(" ")
    minutes, hours, day, month, weekday, year = fields
    text = " ".join([minutes, hours, day.replace("?", "*"), month, _weekday(weekday), "0", year])
    return croniter(text, start)


def _weekday(field: str) -> str:
    """Convert a day of the week: Sunday is 1 in EventBridge and 0 in croniter.

    `L` is Saturday, and `6L` is the last Friday of the month.
    """
    if field == "?":
        return "*"
    named = field
    for number, name in enumerate(_DAYS):
        named = named.replace(name, str(number + 1))
    shifted = _DAY.sub(lambda match: str(int(match[1]) - 1), named)
    if shifted == "L":
        return "6"
    return re.sub(r"(\d)L", r"L\1", shifted)
