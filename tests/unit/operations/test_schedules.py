"""What starts the pipelines of an environment, and when."""

from __future__ import annotations

import json
import time
from datetime import UTC, datetime

import pytest

from operations.commands import pipelines as pipelines_command
from operations.commands import schedules as schedules_command
from operations.environment_clients import EnvironmentClients
from operations.schedules import schedule_text, start_rules, times_text
from tests.unit.operations.board.board_account import BoardAccount

NOW = datetime(2026, 3, 27, 12, tzinfo=UTC)
PIPELINE = "arn:aws:sagemaker:us-east-1:123456789012:pipeline/redline-local-demand"
ROLE = "arn:aws:iam::123456789012:role/starter"
ZONED = {
    "Name": "redline-local-demand-schedule-morning",
    "GroupName": "redline-local-demand-schedule-morning",
    "ScheduleExpression": "cron(30 2 * * ? *)",
    "ScheduleExpressionTimezone": "Europe/Berlin",
    "State": "ENABLED",
}


class Starts(BoardAccount):
    """A pipeline with two rules and a schedule in a time zone."""

    def list_rules(self, **_):
        rate = {"Name": "redline-local-demand-schedule", "ScheduleExpression": "rate(1 day)"}
        weekly = {"Name": "redline-local-demand-schedule-weekly", "State": "DISABLED"}
        return {
            "Rules": [
                {**rate, "State": "ENABLED"},
                {**weekly, "ScheduleExpression": "cron(0 3 ? * SUN *)"},
            ]
        }

    def list_schedules(self, NamePrefix, **_):  # noqa: N803
        assert NamePrefix == "redline-local-"
        return {"Schedules": [{**ZONED, "Target": {"Arn": PIPELINE}}]}

    def get_schedule(self, Name, GroupName):  # noqa: N803
        assert (Name, GroupName) == (ZONED["Name"], ZONED["GroupName"])
        return {**ZONED, "Target": {"Arn": PIPELINE, "RoleArn": ROLE}}


@pytest.fixture
def aws(monkeypatch):
    monkeypatch.setenv("TZ", "Europe/Berlin")
    time.tzset()
    yield EnvironmentClients("local", "us-east-1", Starts())
    monkeypatch.undo()
    time.tzset()


def test_the_next_three_times_are_shown_in_local_time(aws):
    """On 29 March 2026 02:30 does not exist in Berlin."""
    rate, zoned, weekly = start_rules(aws, now=NOW)
    assert times_text(zoned) == (
        "2026-03-28 02:30 CET, 2026-03-30 02:30 CEST, 2026-03-31 02:30 CEST"
    )
    assert times_text(weekly) == ""
    assert times_text(rate) == "at this interval since it was deployed"
    assert schedule_text([rate, zoned, weekly]) == (
        "rate(1 day), cron(30 2 * * ? *) Europe/Berlin, cron(0 3 ? * SUN *) (disabled); "
        "next 2026-03-28 02:30 CET"
    )


def test_the_command_lists_rules_and_schedules(aws, capsys):
    assert schedules_command.run(aws, as_json=True) == 0
    found = json.loads(capsys.readouterr().out)
    assert [(each["rule"], each["time_zone"]) for each in found] == [
        ("redline-local-demand-schedule", None),
        ("redline-local-demand-schedule-morning", "Europe/Berlin"),
        ("redline-local-demand-schedule-weekly", None),
    ]
    assert len(found[1]["next_times"]) == 3


def test_pipelines_show_the_next_time(aws, capsys):
    assert pipelines_command.run(aws) == 0
    assert "; next 20" in capsys.readouterr().out.replace("\n", " ")
