"""Properties of all valid schedules of an environment."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from local_cloud.schedule_expressions import (
    InvalidSchedule,
    check_expression,
    next_time,
    problem_with,
)

DAYS = ("SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT")
MOMENTS = st.datetimes(datetime(2000, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC))
SECONDS = {"minute": 60, "hour": 3600, "day": 86_400}


def number(low, high):
    return st.integers(low, high).map(str)


def field(low, high):
    """Return a strategy for a cron field: any, one, a list, a range, or steps."""
    one = number(low, high)
    span = st.lists(st.integers(low, high), min_size=2, max_size=2, unique=True).map(
        lambda ends: f"{min(ends)}-{max(ends)}"
    )
    steps = st.tuples(st.just("*") | one, number(1, high)).map("/".join)
    return st.just("*") | one | st.lists(one, min_size=1, max_size=3).map(",".join) | span | steps


CRONS = st.tuples(
    field(0, 59),
    field(0, 23),
    st.one_of(
        st.tuples(field(1, 28), field(1, 12), st.just("?")),
        st.tuples(st.just("?"), field(1, 12), field(1, 7) | st.sampled_from(DAYS)),
    ).map(" ".join),
).map(lambda parts: f"cron({' '.join(parts)} *)")


@given(count=st.integers(1, 10**6), unit=st.sampled_from([*SECONDS]), anchor=MOMENTS, after=MOMENTS)
def test_a_rate_fires_at_the_next_multiple_of_its_interval(count, unit, anchor, after):
    expression = f"rate({count} {unit if count == 1 else unit + 's'})"
    assert problem_with(expression) is None
    beat = timedelta(seconds=count * SECONDS[unit])
    if max(anchor, after).year + beat.days // 365 > 9990:
        return
    fires = next_time(expression, after=after, anchor=anchor)
    assert fires > after
    assert (fires - anchor) % beat == timedelta(0)
    assert fires - max(after, anchor) <= beat


@given(expression=CRONS, after=MOMENTS)
def test_a_cron_fires_at_a_whole_minute_after_now_and_again_later(expression, after):
    assert problem_with(expression) is None
    check_expression(expression)
    first = next_time(expression, after=after, anchor=after)
    assert first > after
    assert (first.second, first.microsecond) == (0, 0)
    assert next_time(expression, after=first - timedelta(seconds=1), anchor=after) == first
    assert next_time(expression, after=first, anchor=after) > first


@given(minute=st.integers(0, 59), hour=st.integers(0, 23), day=st.integers(1, 7), after=MOMENTS)
def test_a_day_of_the_week_counts_from_sunday(minute, hour, day, after):
    by_number, by_name = (
        next_time(f"cron({minute} {hour} ? * {each} *)", after=after, anchor=after)
        for each in (day, DAYS[day - 1])
    )
    assert by_number == by_name
    assert (by_number.minute, by_number.hour) == (minute, hour)
    assert by_number.isoweekday() % 7 + 1 == day
    assert by_number - after <= timedelta(days=7)


@given(text=st.text(st.sampled_from("cronrate()0123456789 */?,-#LWMONday\n"), max_size=40))
def test_any_text_is_a_schedule_or_is_refused(text):
    for expression in (text, f"cron({text})", f"rate({text})"):
        try:
            check_expression(expression)
        except InvalidSchedule as refusal:
            assert repr(expression) in str(refusal)
        else:
            assert next_time(expression, after=datetime.now(UTC), anchor=datetime.now(UTC)) != 0
