"""The command `accept-data`, tested against the services of a laptop cloud."""

from __future__ import annotations

import json
from types import SimpleNamespace

import pytest

from local_cloud.server import running
from operations import cli as command
from operations.commands.accept_data import NotAccepted, accept
from operations.environment_clients import EnvironmentClients
from stacks.declared_environments import environment_named

DIGEST = "ab" * 32
PIPELINE = "redline-dev-demand"
STACK = {
    "Resources": {"Lake": {"Type": "AWS::S3::Bucket"}},
    "Outputs": {"LakeBucketName": {"Value": {"Ref": "Lake"}}},
}


class Executions:
    """Executions of one pipeline: two failed ones, the older of which rejected data.

    AWS returns the steps in pages; the step with the rejection is on the second page.
    https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_ListPipelineExecutionSteps.html
    """

    def get_paginator(self, operation):
        return SimpleNamespace(paginate=getattr(self, operation))

    def list_pipeline_executions(self, **request):
        assert request == {"PipelineName": PIPELINE, "SortOrder": "Descending"}
        summaries = [("third", "Failed"), ("second", "Succeeded"), ("first", "Failed")]
        listed = [
            {"PipelineExecutionArn": name, "PipelineExecutionStatus": status}
            for name, status in summaries
        ]
        yield {"PipelineExecutionSummaries": listed}

    def list_pipeline_execution_steps(self, *, PipelineExecutionArn, SortOrder):  # noqa: N803
        message = f"rows: 10 DIGEST={DIGEST}" if PipelineExecutionArn == "first" else "another"
        fail = {"Metadata": {"Fail": {"ErrorMessage": message}}}
        for step in ({"StepName": "Preprocess"}, {"StepName": "Reject", **fail}):
            yield {"PipelineExecutionSteps": [{"StepStatus": "Failed", **step}]}


@pytest.fixture(scope="module")
def cloud(tmp_path_factory):
    with running(state=tmp_path_factory.mktemp("cloud")) as cloud:
        client = cloud.client("cloudformation")
        client.create_stack(StackName="redline-dev-data", TemplateBody=json.dumps(STACK))
        yield cloud


@pytest.fixture
def aws(cloud):
    def client(name):
        return Executions() if name == "sagemaker" else cloud.client(name)

    return EnvironmentClients.of(environment_named("dev"), client)


def test_the_record_says_who_accepted_which_failure_and_why(aws, cloud):
    location, record = accept(aws, "demand", DIGEST, reason="a holiday")
    assert location.endswith(f"/accepted-data/demand/{DIGEST}.json")
    assert record["accepted_by"] == cloud.client("sts").get_caller_identity()["Arn"]
    assert record["reason"] == "a holiday"
    assert (record["execution"], record["failure"]) == ("first", f"rows: 10 DIGEST={DIGEST}")
    bucket, _, key = location.removeprefix("s3://").partition("/")
    stored = cloud.client("s3").get_object(Bucket=bucket, Key=key)["Body"]
    assert json.load(stored) == record

    # The first record stays.
    _, again = accept(aws, "demand", DIGEST, reason="another reason")
    assert again == record


@pytest.mark.parametrize(
    ("digest", "reason", "message"),
    [
        ("12", "a holiday", "DIGEST is '12': expected the 64 hexadecimal digits"),
        ("../" + "a" * 61, "a holiday", "expected the 64 hexadecimal digits"),
        (DIGEST, "", "REASON is empty"),
        ("cd" * 32, "a holiday", "none of the last 2 failed executions of redline-dev-demand"),
    ],
)
def test_what_cannot_be_accepted_is_refused(aws, digest, reason, message):
    with pytest.raises(NotAccepted, match=message):
        accept(aws, "demand", digest, reason=reason)


def test_the_command_prints_the_record(aws, monkeypatch, capsys):
    monkeypatch.setattr(command, "connect", lambda _environment, _state: aws)
    arguments = ["accept-data", "demand", DIGEST, "--reason", "a holiday"]
    assert command.main(arguments) == 0
    assert "Start redline-dev-demand again." in capsys.readouterr().out
    assert command.main([*arguments, "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["digest"] == DIGEST
    assert command.main([*arguments[:2], "12", "--reason", "x"]) == 2
    assert capsys.readouterr().err.startswith("error: DIGEST is '12'")
