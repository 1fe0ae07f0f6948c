"""The command `runs`: the newest executions, and the steps because of which they failed."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta, timezone

import pytest

from local_cloud.tests.deployed_models import Pages
from operations.commands.runs import run
from operations.environment_clients import EnvironmentClients

PIPELINE = "redline-local-demand"
ARN = f"arn:aws:sagemaker:us-east-1:1:pipeline/{PIPELINE}"


class SageMaker:
    """Executions of one pipeline: the newest failed, the other one succeeded."""

    def __init__(self):
        self.read_steps_of, self.started = [], datetime(2026, 1, 1, tzinfo=UTC)

    def get_paginator(self, operation):
        return Pages(getattr(self, operation))

    def list_pipelines(self, **_):
        yield {"PipelineSummaries": [{"PipelineName": PIPELINE, "PipelineArn": ARN}]}

    def list_pipeline_executions(self, **_):
        failed = {"PipelineExecutionFailureReason": "One or multiple steps failed."}
        yield {
            "PipelineExecutionSummaries": [
                {
                    "PipelineExecutionArn": f"{ARN}/execution/{status.lower()}",
                    "PipelineExecutionStatus": status,
                    "StartTime": self.started,
                    **reason,
                }
                for status, reason in (("Failed", failed), ("Succeeded", {}))
            ]
        }

    def list_pipeline_execution_steps(self, *, PipelineExecutionArn, **_):  # noqa: N803
        self.read_steps_of.append(PipelineExecutionArn.rpartition("/")[2])
        succeeded = {"StepName": "Train", "StepStatus": "Succeeded"}
        failed = {"StepName": "Reject", "StepStatus": "Failed", "FailureReason": "AUC is 0.4"}
        yield {"PipelineExecutionSteps": [succeeded, failed]}


@pytest.fixture
def sagemaker():
    return SageMaker()


@pytest.fixture
def aws(sagemaker):
    return EnvironmentClients("local", "us-east-1", lambda _service: sagemaker, is_laptop=True)


def test_a_failed_execution_has_the_reason_of_its_step(aws, sagemaker, capsys):
    assert run(aws) == 0
    assert "Reject: AUC is 0.4" in capsys.readouterr().out
    assert sagemaker.read_steps_of == ["failed"]


def test_times_are_in_utc(aws, sagemaker, capsys):
    berlin = timezone(timedelta(hours=1))
    sagemaker.started = datetime(2026, 1, 1, 1, tzinfo=berlin)
    assert run(aws) == 0
    assert "2026-01-01 00:00 UTC" in capsys.readouterr().out


def test_the_json_has_the_reasons_of_the_execution_and_of_its_steps(aws, capsys):
    assert run(aws, as_json=True) == 0
    failed, succeeded = json.loads(capsys.readouterr().out)
    assert failed["failure_reason"] == "One or multiple steps failed."
    assert failed["failed_steps"] == {"Reject": "AUC is 0.4"}
    assert succeeded["failed_steps"] == {}


def test_a_failure_without_a_step_has_the_reason_of_the_execution(aws, sagemaker, capsys):
    sagemaker.list_pipeline_execution_steps = lambda **_: [{"PipelineExecutionSteps": []}]
    assert run(aws) == 0
    assert "One or multiple steps failed." in capsys.readouterr().out
