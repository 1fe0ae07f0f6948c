"""The check of schedule expressions accepts what EventBridge accepts."""

import pytest

from stacks.pipeline.schedule_expression import problem_with

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
    "cron(0 9 LW * ? *)",
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
}


@pytest.mark.parametrize("expression", RIGHT)
def test_what_eventbridge_takes_has_no_problem(expression):
    assert problem_with(expression) is None


@pytest.mark.parametrize(("expression", "words"), WRONG.items())
def test_what_eventbridge_refuses_is_explained(expression, words):
    assert words in (problem_with(expression) or "")
