"""Starts an execution of a pipeline, waits for it, and reads what its steps wrote."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from operations.smoke import SmokeError
from operations.smoke.phase import SmokeRun

ACTIVE = ("Executing", "Stopping")
_MAX_MINUTES = 120.0


@dataclass(frozen=True)
class Execution:
    """A succeeded execution with its steps."""

    pipeline: str
    arn: str
    steps: Mapping[str, Mapping[str, Any]]

    @property
    def id(self) -> str:
        """The last part of the ARN, under which the objects of the execution are."""
        return self.arn.rpartition("/")[2]

    def lambda_outputs(self, step: str) -> dict[str, str]:
        """Return the outputs of a Lambda step."""
        listed = self.steps[step]["Metadata"]["Lambda"]["OutputParameters"]
        return {each["Name"]: each["Value"] for each in listed}

    def require(self, step: str, *, because_of: str) -> None:
        """Raise `SmokeError` with the outputs of another step if a gate omitted this step."""
        if self.steps.get(step, {}).get("StepStatus") != "Succeeded":
            outputs = self.lambda_outputs(because_of)
            raise SmokeError(f"{self.arn} has not run {step}: {because_of} returned {outputs}")

    def report(self, run: SmokeRun, step: str, output: str, file: str) -> Any:
        """Return a JSON document that a step of this execution wrote to the lake."""
        key = f"runs/{self.pipeline}/{self.id}/{step}/{output}/{file}"
        return read_json(run, f"s3://{run.outputs('data')['LakeBucketName']}/{key}")


def execute(run: SmokeRun, pipeline: str, **parameters: str) -> Execution:
    """Start a pipeline and wait until it succeeds.

    Raises `SmokeError` with the failed steps and their reasons.
    """
    name = run.name_of(pipeline)
    given = [{"Name": key, "Value": value} for key, value in parameters.items()]
    started = run.client("sagemaker").start_pipeline_execution(
        PipelineName=name, PipelineParameters=given
    )
    arn = started["PipelineExecutionArn"]
    run.progress(f"{name}: execution {arn.rpartition('/')[2]}")
    described = run.wait(arn, lambda: ended(run, arn), minutes=_MAX_MINUTES)
    listed = run.aws.list_all(
        "sagemaker",
        "list_pipeline_execution_steps",
        "PipelineExecutionSteps",
        PipelineExecutionArn=arn,
    )
    if described["PipelineExecutionStatus"] != "Succeeded":
        raise SmokeError("\n".join([_summary(described), *_failures(listed)]))
    return Execution(pipeline, arn, {step["StepName"]: step for step in listed})


def read_json(run: SmokeRun, uri: str) -> Any:
    """Return the JSON document of an object."""
    bucket, _, key = uri.removeprefix("s3://").partition("/")
    return json.load(run.client("s3").get_object(Bucket=bucket, Key=key)["Body"])


def ended(run: SmokeRun, arn: str) -> dict[str, Any] | None:
    """Return the description of an execution; None while it runs or stops."""
    found: dict[str, Any] = run.client("sagemaker").describe_pipeline_execution(
        PipelineExecutionArn=arn
    )
    return None if found["PipelineExecutionStatus"] in ACTIVE else found


def _summary(described: Mapping[str, Any]) -> str:
    reason = described.get("FailureReason", "no reason")
    arn, status = described["PipelineExecutionArn"], described["PipelineExecutionStatus"]
    return f"{arn} is {status}: {reason}"


def _failures(steps: list[dict[str, Any]]) -> list[str]:
    return [
        f"{step['StepName']}: {step.get('FailureReason', 'no reason')}"
        for step in steps
        if step["StepStatus"] == "Failed"
    ]
