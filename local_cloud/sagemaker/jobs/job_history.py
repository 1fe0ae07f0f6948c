"""The history of a job, in the format of the service."""

from __future__ import annotations

import threading
from datetime import UTC, datetime
from typing import Any

_NEXT = {
    "InProgress": {"Completed", "Failed", "Stopping", "Stopped"},
    "Stopping": {"Stopped", "Failed", "Completed"},
}


class JobHistory:
    """The status, times and failure reasons of a job. Thread-safe.

    `billable_share` is the part of the time of a training job that costs money.
    """

    billable_share = 1.0

    def __init__(self, kind: str) -> None:
        self.lock = threading.RLock()
        self.status = "InProgress"
        self.created = datetime.now(UTC)
        self.failure_reason: str | None = None
        self.exit_message: str | None = None
        self._kind = kind
        self._modified = self.created
        self._times: dict[str, datetime] = {}
        self._phases: list[dict[str, Any]] = []

    def move_to(self, status: str) -> None:
        """Change the status; only the transitions in `_NEXT` are allowed."""
        with self.lock:
            if status not in _NEXT[self.status]:
                raise AssertionError(f"A job cannot change from {self.status} to {status}.")
            self.status = status
            self._modified = datetime.now(UTC)

    def enter(self, phase: str, message: str) -> None:
        """Start a phase: a SecondaryStatus of training jobs, with its StatusMessage."""
        with self.lock:
            now = datetime.now(UTC)
            if self._phases:
                self._phases[-1]["EndTime"] = now
            self._phases.append({"Status": phase, "StartTime": now, "StatusMessage": message})
            self._modified = now

    def start_clock(self) -> None:
        """Record when the container started to run for the first time."""
        self._times.setdefault(f"{self._kind}StartTime", datetime.now(UTC))

    def end(self, status: str, phase: str, message: str) -> None:
        """Enter the last phase and set the final status."""
        with self.lock:
            now = datetime.now(UTC)
            self._times.setdefault(f"{self._kind}StartTime", now)
            self._times[f"{self._kind}EndTime"] = now
            self.enter(phase, message)
            self._phases[-1]["EndTime"] = now
            self.move_to(status)

    def describe(self) -> dict[str, Any]:
        """Return the status, times and reasons as members of a Describe…Job response."""
        with self.lock:
            shown: dict[str, Any] = {
                f"{self._kind}JobStatus": self.status,
                "CreationTime": self.created,
                "LastModifiedTime": self._modified,
                "FailureReason": self.failure_reason,
                "ExitMessage": self.exit_message,
                **self._times,
            }
            if self._kind == "Training":
                shown |= self._describe_training()
        return {name: value for name, value in shown.items() if value is not None}

    def _describe_training(self) -> dict[str, Any]:
        shown: dict[str, Any] = {
            "SecondaryStatus": self._phases[-1]["Status"],
            "SecondaryStatusTransitions": [dict(phase) for phase in self._phases],
        }
        if "TrainingEndTime" in self._times:
            spent = self._times["TrainingEndTime"] - self._times["TrainingStartTime"]
            seconds = max(1, round(spent.total_seconds()))
            billable = max(1, round(seconds * self.billable_share))
            shown |= {"TrainingTimeInSeconds": seconds, "BillableTimeInSeconds": billable}
        return shown
