"""Who started an execution."""

from __future__ import annotations

import pytest

from operations.environment_clients import EnvironmentClients
from operations.executions.starters import started_by

ROLE = "redline-local-tickit-ScheduleStarter"
SESSION = f"arn:aws:sts::123456789012:assumed-role/{ROLE}/events"


class Events:
    """One rule that starts tickit with a role of its own."""

    def get_paginator(self, name):
        self.name = name
        return self

    def paginate(self, **_):
        if self.name == "list_rules":
            rule = {"Name": "redline-local-tickit-schedule", "State": "ENABLED"}
            return [{"Rules": [{**rule, "ScheduleExpression": "rate(1 day)"}]}]
        if self.name == "list_schedules":
            return [{"Schedules": []}]
        role = f"arn:aws:iam::123456789012:role/{ROLE}"
        return [{"Targets": [{"Arn": "arn:x:pipeline/redline-local-tickit", "RoleArn": role}]}]


def identity(arn):
    return {"CreatedBy": {"IamIdentity": {"Arn": arn}}}


@pytest.mark.parametrize(
    ("described", "expected"),
    [
        ({}, None),
        ({"CreatedBy": {"UserProfileName": "ada"}}, "ada"),
        (identity("arn:aws:iam::123456789012:user/ada"), "ada"),
        (identity("arn:aws:sts::123456789012:assumed-role/Admin/ada"), "ada (role Admin)"),
        (
            identity("arn:aws:sts::123456789012:assumed-role/Deployer/botocore-session-1796032800"),
            "a program with the role Deployer",
        ),
        (
            identity(
                "arn:aws:sts::123456789012:assumed-role/redline-local-tickit-monitor-"
                "RetrainingRole5D1A-Xy/0123abcd"
            ),
            "drift",
        ),
        (identity(SESSION), "the rule redline-local-tickit-schedule, rate(1 day)"),
        (
            identity("arn:aws:sts::123456789012:assumed-role/redline-local-other/x"),
            "x (role redline-local-other)",
        ),
    ],
)
def test_who_started_an_execution(described, expected):
    aws = EnvironmentClients("local", "us-east-1", lambda _service: Events())
    assert started_by(aws, described) == expected
