"""The record of an execution and its steps, and the allowed changes of their status."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from local_cloud.sagemaker.exceptions import INTERRUPTED
from local_cloud.sagemaker.pipelines.definition_model import Plan, Step
from local_cloud.sagemaker.pipelines.pipeline_versions import PipelineVersion

EXECUTION_NEXT = {
    "Executing": {"Succeeded", "Failed", "Stopping"},
    "Stopping": {"Stopped"},
    # RetryPipelineExecution allows this transition.
    "Failed": {"Executing"},
    "Stopped": {"Executing"},
}
STEP_NEXT = {
    "Starting": {"Executing", "Succeeded", "Failed", "Stopping", "Stopped"},
    "Executing": {"Succeeded", "Failed", "Stopping", "Stopped"},
    "Stopping": {"Stopped", "Failed", "Succeeded"},
}
STEP_FINAL = frozenset({"Succeeded", "Failed", "Stopped"})
STEPS_FAILED = "Step failure: One or multiple steps failed."


@dataclass(frozen=True)
class Selection:
    """A SelectiveExecutionConfig: the steps to run, and the execution with the other results."""

    steps: tuple[str, ...]
    source_arn: str | None

    def describe(self) -> dict[str, Any]:
        """Return the members of a SelectiveExecutionConfig."""
        shown: dict[str, Any] = {"SelectedSteps": [{"StepName": name} for name in self.steps]}
        if self.source_arn:
            shown["SourcePipelineExecutionArn"] = self.source_arn
        return shown


@dataclass(frozen=True)
class ExecutionSettings:
    """The request of StartPipelineExecution, and the definition at that time."""

    arn: str
    pipeline_arn: str
    pipeline_name: str
    role_arn: str
    definition: str
    pipeline_version: PipelineVersion
    parameters: Mapping[str, Any]
    display_name: str | None
    description: str | None
    max_parallel_steps: int | None
    client_request_token: str | None
    selection: Selection | None = None
    # Empty for an execution in the saved state of an earlier version.
    created_by: str = ""

    @property
    def execution_id(self) -> str:
        """The last part of the ARN."""
        return self.arn.rpartition("/")[2]


class StepRecord:
    """A started step of one execution."""

    def __init__(self, step: Step) -> None:
        self.step = step
        self.status = "Starting"
        self.previous_status: str | None = None
        self.started = datetime.now(UTC)
        self.ended: datetime | None = None
        self.attempts = 0
        self.metadata: dict[str, Any] = {}
        self.properties: Mapping[str, Any] = {}
        self.failure_reason: str | None = None
        self.cached_from: str | None = None
        self.selected_from: str | None = None

    def move_to(self, status: str) -> None:
        """Change the status; only the transitions in `STEP_NEXT` are allowed."""
        if status not in STEP_NEXT[self.status]:
            raise AssertionError(f"A step cannot change from {self.status} to {status}.")
        self.previous_status, self.status = self.status, status
        if status in STEP_FINAL:
            self.ended = datetime.now(UTC)

    def reused(self, source_arn: str) -> StepRecord:
        """Return a copy of the result, for an execution that does not select the step."""
        copy = StepRecord(self.step)
        copy.status, copy.started, copy.ended = self.status, self.started, self.ended
        copy.metadata, copy.properties = self.metadata, self.properties
        copy.selected_from = source_arn
        return copy

    def describe(self) -> dict[str, Any]:
        """Return a PipelineExecutionStep."""
        shown = {
            "StepName": self.step.name,
            "StepDisplayName": self.step.display_name,
            "StepDescription": self.step.description,
            "StartTime": self.started,
            "EndTime": self.ended,
            "StepStatus": self.status,
            "AttemptCount": self.attempts,
            "FailureReason": self.failure_reason,
            "Metadata": self.metadata or None,
            "CacheHitResult": _source(self.cached_from),
            "SelectiveExecutionResult": _source(self.selected_from),
        }
        return {name: value for name, value in shown.items() if value is not None}


def _source(arn: str | None) -> dict[str, str] | None:
    return {"SourcePipelineExecutionArn": arn} if arn else None


class Execution:
    """An execution of a pipeline. `lock` guards all mutable state."""

    def __init__(self, settings: ExecutionSettings, plan: Plan) -> None:
        self.settings = settings
        self.plan = plan
        self.arn = settings.arn
        self.lock = threading.RLock()
        self.status = "Executing"
        self.previous_status: str | None = None
        self.failure_reason: str | None = None
        self.display_name = settings.display_name
        self.description = settings.description
        self.max_parallel_steps = settings.max_parallel_steps
        self.created = datetime.now(UTC)
        self.modified = self.created
        self.ended: datetime | None = None
        self.steps: dict[str, StepRecord] = {}
        self.finished = threading.Event()

    def move_to(self, status: str) -> None:
        """Change the status; only the transitions in `EXECUTION_NEXT` are allowed."""
        if status not in EXECUTION_NEXT[self.status]:
            raise AssertionError(f"An execution cannot change from {self.status} to {status}.")
        self.previous_status, self.status = self.status, status
        self.modified = datetime.now(UTC)
        self.ended = None if status in ("Executing", "Stopping") else self.modified

    def start_step(self, step: Step) -> StepRecord:
        """Record that a step starts."""
        record = StepRecord(step)
        self.steps[step.name] = record
        return record

    def discard_unsuccessful(self) -> None:
        """Delete the records of steps that a retry runs again."""
        self.steps = {
            name: record for name, record in self.steps.items() if record.status == "Succeeded"
        }
        self.failure_reason = None
        self.finished.clear()

    def interrupt(self) -> bool:
        """End the execution if an earlier server ran it. Return whether it was running."""
        self.finished.set()
        if self.status not in ("Executing", "Stopping"):
            return False
        for record in self.steps.values():
            if record.status not in STEP_FINAL:
                record.failure_reason = INTERRUPTED
                record.move_to("Failed")
        self.failure_reason = INTERRUPTED
        self.move_to("Failed" if self.status == "Executing" else "Stopped")
        return True

    def has_failed_step(self) -> bool:
        """Return whether a step has failed. If so, no other step starts."""
        return any(record.status == "Failed" for record in self.steps.values())

    def ready_steps(self) -> list[Step]:
        """Return the steps that can start now, in the order of the definition."""
        return [step for step in self.plan.steps.values() if self._is_ready(step)]

    def _is_ready(self, step: Step) -> bool:
        selection = self.settings.selection
        if step.name in self.steps or (selection and step.name not in selection.steps):
            return False
        if any(self._status(name) != "Succeeded" for name in step.dependencies):
            return False
        if step.branch is None:
            return True
        outcome = self.steps[step.branch.condition].properties["Outcome"]
        return bool(outcome == str(step.branch.outcome))

    def _status(self, name: str) -> str | None:
        record = self.steps.get(name)
        return record.status if record else None

    def summary(self) -> dict[str, Any]:
        """Return a PipelineExecutionSummary."""
        shown = {
            "PipelineExecutionArn": self.arn,
            "StartTime": self.created,
            "PipelineExecutionStatus": self.status,
            "PipelineExecutionDescription": self.description,
            "PipelineExecutionDisplayName": self.display_name,
            "PipelineExecutionFailureReason": self.failure_reason,
        }
        return {name: value for name, value in shown.items() if value is not None}

    def describe(self) -> dict[str, Any]:
        """Return the response of DescribePipelineExecution."""
        parallel = self.max_parallel_steps
        shown = {
            "PipelineArn": self.settings.pipeline_arn,
            "PipelineExecutionArn": self.arn,
            "PipelineExecutionDisplayName": self.display_name,
            "PipelineExecutionStatus": self.status,
            "PipelineExecutionDescription": self.description,
            "FailureReason": self.failure_reason,
            "CreationTime": self.created,
            "LastModifiedTime": self.modified,
            "RoleArn": self.settings.role_arn,
            "CreatedBy": self.settings.created_by
            and {"IamIdentity": {"Arn": self.settings.created_by}},
            "PipelineVersionId": self.settings.pipeline_version.id,
            "PipelineVersionAliases": self.settings.pipeline_version.aliases or None,
            "SelectiveExecutionConfig": self.settings.selection
            and self.settings.selection.describe(),
            "ParallelismConfiguration": parallel and {"MaxParallelExecutionSteps": parallel},
        }
        return {name: value for name, value in shown.items() if value not in (None, "")}
