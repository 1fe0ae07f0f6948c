"""EventBridge's schedule expressions."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from local_cloud.schedule_expressions import (
    InvalidSchedule,
    check_expression,
    firings,
    next_time,
    problem_with,
    problem_with_time_zone,
)

BERLIN = "Europe/Berlin"
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


RIGHT = [
    "rate(1 minute)",
    "rate(5 minutes)",
    "rate(1 day)",
    "cron(0 10 * * ? *)",
    "cron(15 12 * * ? *)",
    "cron(0 18 ? * MON-FRI *)",
    "cron(0 8 1 * ? *)",
    "cron(0/15 * * * ? *)",
    "cron(0/10 * ? * MON-FRI *)",
    "cron(0/5 8-17 ? * 2-6 2024-2030)",
    "cron(0 9 ? * 2#1 *)",
    "cron(0 9 ? * FRIL *)",
    "cron(0 9 L * ? *)",
    "cron(0 9 3W JAN,JUL ? *)",
]
WRONG = {
    "daily": "cron(…) or rate(…)",
    "rate(0 minutes)": "positive",
    "rate(1 minutes)": "singular",
    "rate(2 day)": "plural",
    "rate(1 week)": "minute(s), hour(s) or day(s)",
    "cron(0 10 * * ?)": "six fields, here are 5",
    "cron(0 10 * * * *)": "exactly one",
    "cron(0 10 ? * ? *)": "exactly one",
    "cron(60 10 * * ? *)": "'60' is not a minute",
    "cron(0 24 * * ? *)": "'24' is not a hour",
    "cron(0 10 32 * ? *)": "day-of-month",
    "cron(0 10 * 13 ? *)": "month",
    "cron(0 10 ? * 0 *)": "day-of-week",
    "cron(0 10 ? * MON#6 *)": "day-of-week",
    "cron(0 10 * * ? 1969)": "year",
    "cron(0/0 10 * * ? *)": "minute",
    "cron(1-2-3 10 * * ? *)": "minute",
    "cron(, 10 * * ? *)": "minute",
    "cron(0 9 LW * ? *)": "day-of-month",
    "cron(0 9 15W,20 * ? *)": "'W'",
    "cron(0 0 1 1 ? 2100)": "year",
}


@pytest.mark.parametrize("expression", RIGHT)
def test_what_eventbridge_takes_has_no_problem(expression):
    assert problem_with(expression) is None


@pytest.mark.parametrize(("expression", "words"), WRONG.items())
def test_what_eventbridge_refuses_is_explained(expression, words):
    assert words in (problem_with(expression) or "")


@pytest.mark.parametrize(
    ("expression", "start", "expected"),
    [
        # In winter Berlin is one hour ahead of UTC, in summer two.
        ("cron(0 6 * * ? *)", datetime(2026, 3, 28), ["28 05:00", "29 04:00", "30 04:00"]),
        ("cron(0 6 * * ? *)", datetime(2026, 10, 24), ["24 04:00", "25 05:00", "26 05:00"]),
        # On 29 March 02:00 is followed by 03:00: 02:30 does not exist.
        ("cron(30 2 * * ? *)", datetime(2026, 3, 28), ["28 01:30", "30 00:30", "31 00:30"]),
        # On 25 October 02:59 is followed by 02:00: 02:30 exists twice, and the schedule fires once.
        ("cron(30 2 * * ? *)", datetime(2026, 10, 24), ["24 00:30", "25 00:30", "26 01:30"]),
        ("cron(30 2 29 3 ? *)", datetime(2026, 3, 28), []),
    ],
)
def test_a_schedule_with_a_time_zone_follows_daylight_saving_time(expression, start, expected):
    start = start.replace(tzinfo=UTC)
    found = list(firings(expression, BERLIN, start, start + timedelta(days=4)))
    assert [f"{each:%d %H:%M}" for each in found][:3] == expected


def test_during_the_repeated_hour_the_next_time_is_after_it():
    repeated = datetime(2026, 10, 25, 1, 10, tzinfo=UTC)  # 02:10 in Berlin, the second time
    found = next_time("cron(30 2 * * ? *)", after=repeated, anchor=START, time_zone=BERLIN)
    assert found == datetime(2026, 10, 26, 1, 30, tzinfo=UTC)


def test_firings_contain_the_start_and_not_the_end():
    hours = [START + timedelta(hours=each) for each in (0, 1)]
    assert list(firings("cron(0 * * * ? *)", None, START, START + timedelta(hours=2))) == hours


@pytest.mark.parametrize("expression", ["cron(0 0 31 2 ? *)", "cron(0 0 29 2 ? 2027)"])
def test_a_day_that_does_not_exist_never_fires(expression):
    assert next_time(expression, after=START, anchor=START) is None


def test_a_time_zone_has_a_name_of_the_iana_database():
    assert problem_with_time_zone(BERLIN) is None
    assert "Europe/Berlin" in problem_with_time_zone("Europe/Bonn")
