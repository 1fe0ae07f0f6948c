"""A step of an execution that has started."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any


@dataclass(frozen=True, kw_only=True)
class StartedStep:
    """A step in the list of an execution's steps.

    `reused_from` is the ID of the execution whose result is used. `outputs` are those of a Lambda
    or Callback step.
    https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_PipelineExecutionStep.html
    """

    name: str
    status: str
    started: datetime | None
    ended: datetime | None
    attempts: int
    reason: str | None
    reused_from: str | None
    outputs: Mapping[str, str]
    metadata: Mapping[str, Any]

    @classmethod
    def of(cls, entry: Mapping[str, Any]) -> StartedStep:
        """Return the step of an entry of ListPipelineExecutionSteps."""
        metadata = entry.get("Metadata", {})
        source = entry.get("CacheHitResult") or entry.get("SelectiveExecutionResult") or {}
        return cls(
            name=entry["StepName"],
            status=entry["StepStatus"],
            started=entry.get("StartTime"),
            ended=entry.get("EndTime"),
            attempts=entry.get("AttemptCount", 0),
            reason=entry.get("FailureReason") or metadata.get("Fail", {}).get("ErrorMessage"),
            reused_from=source.get("SourcePipelineExecutionArn", "").rpartition("/")[2] or None,
            outputs={
                each["Name"]: each["Value"]
                for kind in ("Lambda", "Callback")
                for each in metadata.get(kind, {}).get("OutputParameters", ())
            },
            metadata=metadata,
        )

    @property
    def has_succeeded(self) -> bool:
        """Whether the step has succeeded, so that its properties can be read."""
        return self.status == "Succeeded"
