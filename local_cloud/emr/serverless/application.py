"""An application and its job runs: their states, and their documents in the format of the API."""

from __future__ import annotations

import random
import string
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

RUN_ENDED = ("SUCCESS", "FAILED", "CANCELLED")
_APPLICATION = (
    *("architecture", "autoStartConfiguration", "autoStopConfiguration", "initialCapacity"),
    *("maximumCapacity", "monitoringConfiguration", "name", "networkConfiguration"),
    *("runtimeConfiguration", "tags"),
)
_RUN = ("configurationOverrides", "executionTimeoutMinutes", "name", "tags")


def new_id() -> str:
    """Return an id in the format of EMR Serverless, such as 00f1abcd2efgh309."""
    return "00f" + "".join(random.choices(string.ascii_lowercase + string.digits, k=13))


def _now() -> datetime:
    return datetime.now(UTC)


@dataclass
class JobRun:
    """A job run. `request` is that of StartJobRun."""

    id: str
    arn: str
    request: Mapping[str, Any]
    release: str
    state: str = "SUBMITTED"
    details: str = ""
    created: datetime = field(default_factory=_now)
    updated: datetime = field(default_factory=_now)

    def enter(self, state: str, details: str = "") -> None:
        """Change the state, unless the run has ended."""
        if self.state not in RUN_ENDED:
            self.state, self.details, self.updated = state, details, _now()

    def document(self) -> dict[str, Any]:
        """Return the run as in GetJobRun."""
        role: str = self.request["executionRoleArn"]
        return {
            "applicationId": self.request["applicationId"],
            "jobRunId": self.id,
            "arn": self.arn,
            "createdBy": role,
            "createdAt": self.created.timestamp(),
            "updatedAt": self.updated.timestamp(),
            "executionRole": role,
            "state": self.state,
            "stateDetails": self.details,
            "releaseLabel": self.release,
            "jobDriver": self.request["jobDriver"],
            **{name: self.request[name] for name in _RUN if self.request.get(name)},
        }


@dataclass
class Application:
    """An application. `request` is that of CreateApplication."""

    id: str
    arn: str
    request: Mapping[str, Any]
    state: str = "CREATED"
    created: datetime = field(default_factory=_now)
    runs: dict[str, JobRun] = field(default_factory=dict)

    @property
    def starts_itself(self) -> bool:
        """Whether the first job run starts the application, which is the default."""
        given = self.request.get("autoStartConfiguration") or {}
        return bool(given.get("enabled", True))

    def document(self) -> dict[str, Any]:
        """Return the application as in GetApplication."""
        return {
            "applicationId": self.id,
            "arn": self.arn,
            "releaseLabel": self.request["releaseLabel"],
            "type": "Spark",
            "state": self.state,
            "createdAt": self.created.timestamp(),
            "updatedAt": self.created.timestamp(),
            **{name: self.request[name] for name in _APPLICATION if self.request.get(name)},
        }
