"""EventBridge's schedule expressions."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from local_cloud.events.schedule_expressions import InvalidSchedule, check_expression, next_time

START = datetime(2026, 1, 1, tzinfo=UTC)  # a Thursday


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("cron(0 6 * * ? *)", datetime(2026, 1, 1, 6)),
        ("cron(0/15 * * * ? *)", datetime(2026, 1, 1, 0, 15)),
        ("cron(0 6 ? * MON *)", datetime(2026, 1, 5, 6)),
        ("cron(0 6 ? * 2 *)", datetime(2026, 1, 5, 6)),
        ("cron(0 6 ? * 1 *)", datetime(2026, 1, 4, 6)),
        ("cron(0 6 ? * 2-6 *)", datetime(2026, 1, 1, 6)),
        ("cron(0 18 ? * SAT,SUN *)", datetime(2026, 1, 3, 18)),
        ("cron(0 6 ? * 6#2 *)", datetime(2026, 1, 9, 6)),
        ("cron(0 6 ? * 6L *)", datetime(2026, 1, 30, 6)),
        ("cron(0 6 ? * L *)", datetime(2026, 1, 3, 6)),
        ("cron(0 6 L * ? *)", datetime(2026, 1, 31, 6)),
        ("cron(0 6 1 JAN ? 2027)", datetime(2027, 1, 1, 6)),
        ("rate(5 minutes)", datetime(2026, 1, 1, 0, 5)),
        ("rate(1 hour)", datetime(2026, 1, 1, 1)),
        ("rate(7 days)", datetime(2026, 1, 8)),
    ],
)
def test_next_time(expression, expected):
    check_expression(expression)
    assert next_time(expression, after=START, anchor=START) == expected.replace(tzinfo=UTC)


def test_a_rate_fires_at_multiples_of_its_interval():
    after = START + timedelta(minutes=12)
    assert next_time("rate(5 minutes)", after=after, anchor=START) == START + timedelta(minutes=15)


def test_a_time_after_the_last_possible_year_does_not_exist():
    assert next_time("rate(9999999 days)", after=START, anchor=START) is None


def test_a_year_in_the_past_never_fires():
    assert next_time("cron(0 6 1 1 ? 2020)", after=START, anchor=START) is None


@pytest.mark.parametrize(
    "expression",
    [
        "cron(0 6 * * * *)",
        "cron(0 6 ? * ? *)",
        "cron(0 6 * * ?)",
        "cron(61 6 * * ? *)",
        "cron(0 6 * * ? * )",
        "rate(1 minutes)",
        "rate(5 minute)",
        "rate(0 minutes)",
        "rate(5 seconds)",
        f"rate({'9' * 30} days)",
        "0 6 * * *",
        "",
    ],
)
def test_invalid_expressions_are_refused(expression):
    with pytest.raises(InvalidSchedule):
        check_expression(expression)
