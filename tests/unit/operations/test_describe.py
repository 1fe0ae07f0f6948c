"""The command that shows an execution, and its document."""

from __future__ import annotations

import io
import json
from pathlib import Path

import pytest
from botocore.exceptions import ClientError

from operations.commands.describe import run
from operations.environment_clients import EnvironmentClients
from stacks.environments import ENVIRONMENTS
from tests.unit.recorded_account import EARLIER, EXECUTION, PACKAGE, Account, entry, job

RATIO = {
    "Std:JsonGet": {
        "PropertyFile": {"Get": "Steps.Evaluate.PropertyFiles.Report"},
        "Path": "metrics.ratio['value']",
    }
}
EVALUATION = "s3://lake/kept/demand/abcdefghijkl/Evaluate/evaluation"
FILE = {"PropertyFileName": "Report", "OutputName": "evaluation", "FilePath": "evaluation.json"}
ROWS = {"Get": "Steps.Extract.OutputParameters['rows']"}
OF_URI = {
    "Std:JsonGet": {
        "S3Uri": {"Std:Join": {"On": "/", "Values": ["s3://lake", "other.json"]}},
        "Path": "rows[1]",
    }
}
OUTPUT = {"Get": "Steps.Evaluate.ProcessingOutputConfig.Outputs['evaluation'].S3Output.S3Uri"}


def compared(kind, left, right):
    return {"Type": kind, "LeftValue": left, "RightValue": right}


CONDITIONS = [
    compared("LessThanOrEqualTo", RATIO, {"Get": "Parameters.Limit"}),
    {"Type": "Or", "Conditions": [compared("GreaterThan", OF_URI, 4)]},
    {"Type": "Not", "Condition": {"Type": "In", "QueryValue": ROWS, "Values": ["0", "1"]}},
    compared("Equals", OUTPUT, {"Std:Join": {"On": "-", "Values": ["a", ROWS]}}),
    compared("Equals", {"Get": "Steps.Train.ModelArtifacts.S3ModelArtifacts"}, ""),
    compared("Equals", {"Get": "Execution.StartDateTime"}, {"Get": "Execution.PipelineName"}),
]
BODY = {
    "Parameters": [
        {"Name": "Limit", "Type": "Float", "DefaultValue": 0.9},
        {"Name": "Fast", "Type": "Boolean", "DefaultValue": True},
    ],
    "Steps": [
        {"Name": "Extract", "Type": "Lambda", "Arguments": {}},
        {"Name": "Evaluate", "Type": "Processing", "Arguments": {}, "PropertyFiles": [FILE]},
        {
            "Name": "Gate",
            "Type": "Condition",
            "Arguments": {
                "Conditions": CONDITIONS,
                "IfSteps": [{"Name": "Register", "Type": "RegisterModel", "Arguments": {}}],
                "ElseSteps": [{"Name": "Reject", "Type": "Fail", "Arguments": {}}],
            },
        },
        {"Name": "Train", "Type": "Training", "Arguments": {}},
    ],
}


class Recorded(Account):
    """An account whose execution has a gate, of which not all values can be read."""

    def __init__(self) -> None:
        super().__init__()
        outputs = [{"Name": "rows", "Value": "12"}]
        self.steps = [
            entry("Extract", "Succeeded", {"Lambda": {"Arn": "a", "OutputParameters": outputs}}),
            entry(
                "Evaluate", "Succeeded", job("evaluate"), AttemptCount=2,
                CacheHitResult={"SourcePipelineExecutionArn": EARLIER},
            ),
            entry("Gate", "Succeeded", {"Condition": {"Outcome": "True"}}),
            entry("Register", "Succeeded", {"RegisterModel": {"Arn": PACKAGE}}),
            entry("Train", "Failed", {}, FailureReason="no rows"),
        ][::-1]  # fmt: skip
        self.contents = {
            "evaluation.json": b'{"metrics": {"ratio": {"value": 0.75}}}',
            "other.json": b'{"rows": [3, 5]}',
        }

    def describe_pipeline_definition_for_execution(self, **_):
        return {"PipelineDefinition": json.dumps(BODY)}

    def describe_processing_job(self, ProcessingJobName):  # noqa: N803
        assert ProcessingJobName == "evaluate"
        output = {"OutputName": "evaluation", "S3Output": {"S3Uri": EVALUATION}}
        return {"ProcessingOutputConfig": {"Outputs": [output]}}

    def get_object(self, Bucket, Key):  # noqa: N803
        content = self.contents[Key.rpartition("/")[2]]
        if content is None:
            raise ClientError({"Error": {"Code": "NoSuchKey", "Message": "no"}}, "GetObject")
        return {"Body": io.BytesIO(content)}


def described(account, capsys):
    assert run(EnvironmentClients.of(ENVIRONMENTS["local"], account), EXECUTION, as_json=True) == 0
    return json.loads(capsys.readouterr().out)


def test_the_document_of_an_execution(capsys):
    golden = Path(__file__).with_name("golden") / "describe.json"
    assert described(Recorded(), capsys) == json.loads(golden.read_text())


def test_a_person_reads_the_causes_the_steps_and_the_gate(capsys):
    assert run(EnvironmentClients.of(ENVIRONMENTS["local"], Recorded()), EXECUTION) == 0
    printed = capsys.readouterr().out
    for words in (
        "started 2026-01-02 00:00:00 UTC by ada",
        "Limit = 0.5 (default 0.9)",
        "Evaluate          Succeeded        5.0  reused from earlier12345",
        "Reject            not reached",
        "Gate: metrics.ratio['value'] (0.75) ≤ Limit (0.5); rows[1] (5) > 4; Extract.rows (12) in",
        "S3ModelArtifacts ((The step Train has not succeeded.))",
        "redline-local-demand version 3 is registered: PendingManualApproval",
        "Train: no rows",
    ):
        assert words in printed


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (None, f"{EVALUATION}/evaluation.json cannot be read: "),
        (b"{", f"{EVALUATION}/evaluation.json is not JSON: "),
    ],
)
def test_a_document_that_cannot_be_read_has_the_reason_as_its_metric(content, reason, capsys):
    account = Recorded()
    account.contents["evaluation.json"] = content
    document = described(account, capsys)
    assert document["metrics"]["Report"]["unreadable"].startswith(reason)
    assert document["gates"][0]["comparisons"][0]["left_value"].startswith(f"({reason}")


def test_a_running_execution_has_no_end(capsys):
    account = Recorded()
    account.status = "Executing"
    del account.steps[0]["EndTime"]
    document = described(account, capsys)
    assert document["seconds"] > 30
    assert [step["seconds"] for step in document["steps"]] == [5.0, 5.0, 5.0, 5.0, None]
