"""The command `logs`, tested with services in memory: the logs of jobs and of functions."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

import pytest
from botocore.exceptions import ClientError

from operations import OperationError
from operations.commands.logs import run
from operations.environment_clients import EnvironmentClients

EXECUTION = "arn:aws:sagemaker:us-east-1:1:pipeline/redline-local-demand/execution/abcdefghijkl"
FUNCTION = "arn:aws:lambda:us-east-1:1:function:redline-local-demand-Extract"
START = datetime(2026, 1, 1, tzinfo=UTC)
STEPS = [
    {"StepName": "Extract", "Metadata": {"Lambda": {"Arn": FUNCTION}}},
    {"StepName": "Check", "Metadata": {"Condition": {"Outcome": "True"}}},
    {"StepName": "Train", "Metadata": {}, "FailureReason": "ClientError: count is 0"},
    {"StepName": "Join", "Metadata": {"EMR": {"ClusterId": "j-1", "StepId": "s-1"}}},
    {"StepName": "Count", "Metadata": {"EMRServerless": {"LogFilePath": "s3://lake/logs/"}}},
]


class ResourceNotFoundException(ClientError):
    """What CloudWatch Logs raises for an absent log group."""


class Account:
    """The clients of an account: one execution, one function and its log group."""

    def __init__(self):
        self.logging = {"LoggingConfig": {"LogFormat": "Text", "LogGroup": "own-group"}}
        self.events = {"own-group": ["START", "END"]}
        self.exceptions = self
        self.ResourceNotFoundException = ResourceNotFoundException

    def __call__(self, _service):
        return self

    def describe_pipeline_execution(self, **_):
        return {}

    def get_function_configuration(self, *, FunctionName):  # noqa: N803
        assert FunctionName == FUNCTION
        return {"FunctionName": FUNCTION.rpartition(":")[2], **self.logging}

    def get_paginator(self, operation):
        self.operation = operation
        return self

    def paginate(self, **request):
        if self.operation == "list_pipeline_execution_steps":
            span = {
                "StepStatus": "Succeeded",
                "StartTime": START,
                "EndTime": START + timedelta(seconds=2),
            }
            yield {"PipelineExecutionSteps": [{**span, **step} for step in STEPS]}
            return
        if request["logGroupName"] not in self.events:
            error = {"Code": "ResourceNotFoundException", "Message": "no such group"}
            raise ResourceNotFoundException({"Error": error}, "FilterLogEvents")
        begin = int(START.timestamp() * 1000)
        assert (request["startTime"], request["endTime"]) == (begin, begin + 2001)
        lines = self.events[request["logGroupName"]]
        yield {"events": [{"timestamp": begin, "message": line} for line in lines]}


@pytest.fixture
def account():
    return Account()


@pytest.fixture
def call(account, capsys):
    """Run the command for a step. Return its output."""

    def logs(step, *, as_json=False):
        aws = EnvironmentClients("local", "us-east-1", account, is_laptop=True)
        assert run(aws, EXECUTION, step, as_json=as_json) == 0
        return capsys.readouterr().out

    return logs


def test_a_function_may_have_a_log_group_with_another_name(call):
    """https://docs.aws.amazon.com/lambda/latest/api/API_LoggingConfig.html"""
    assert call("Extract") == "START\nEND\n"


def test_the_default_log_group_is_named_after_the_function(account, call):
    account.logging = {}
    account.events = {"/aws/lambda/redline-local-demand-Extract": ["START"]}
    assert call("Extract") == "START\n"


def test_a_log_without_lines_is_said_to_have_none(account, call):
    account.events = {}
    assert call("Extract") == "The log of the step Extract has no lines.\n"
    assert json.loads(call("Extract", as_json=True)) == []


@pytest.mark.parametrize(
    ("step", "message"),
    [
        (
            "Later",
            "has not started a step 'Later'. Started steps: Extract, Check, Train, Join",
        ),
        ("Check", "The step Check runs no job"),
        ("Train", "The step Train started no job, so it has no logs: ClientError: count is 0"),
        ("Join", "not in CloudWatch Logs: it is in the LogUri of its cluster"),
        ("Count", "not in CloudWatch Logs: it is in s3://lake/logs/"),
    ],
)
def test_a_step_without_logs_is_an_error_with_the_reason(call, step, message):
    with pytest.raises(OperationError, match=message):
        call(step)
