"""A cluster and its steps: their states, and their documents in the format of the API."""

from __future__ import annotations

import random
import string
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

STEP_ENDED = ("COMPLETED", "CANCELLED", "FAILED", "INTERRUPTED")
CLUSTER_ENDED = ("TERMINATED", "TERMINATED_WITH_ERRORS")


def new_id(prefix: str) -> str:
    """Return an id in EMR's format, such as j-1ABCDEFGHIJKL."""
    return prefix + "".join(random.choices(string.ascii_uppercase + string.digits, k=13))


def _now() -> datetime:
    return datetime.now(UTC)


@dataclass
class Step:
    """A step. `config` is its StepConfig; `role` is the ExecutionRoleArn of its request, if any."""

    config: Mapping[str, Any]
    role: str | None = None
    id: str = field(default_factory=lambda: new_id("s-"))
    state: str = "PENDING"
    created: datetime = field(default_factory=_now)
    started: datetime | None = None
    ended: datetime | None = None
    failure: Mapping[str, str] = field(default_factory=dict)

    @property
    def on_failure(self) -> str:
        """What the cluster does if the step fails."""
        given: str = self.config.get("ActionOnFailure") or "CONTINUE"
        return given

    def enter(self, state: str) -> None:
        """Change the state, unless the step has ended."""
        if self.state in STEP_ENDED:
            return
        self.state = state
        if state == "RUNNING":
            self.started = _now()
        elif state in STEP_ENDED:
            self.ended = _now()

    def document(self) -> dict[str, Any]:
        """Return the step as in DescribeStep."""
        jar = self.config["HadoopJarStep"]
        given = {each["Key"]: each["Value"] for each in jar.get("Properties") or []}
        timeline = {
            "CreationDateTime": self.created,
            "StartDateTime": self.started,
            "EndDateTime": self.ended,
        }
        return {
            "Id": self.id,
            "Name": self.config.get("Name", ""),
            "Config": {
                "Jar": jar["Jar"],
                "Properties": given,
                **({"MainClass": jar["MainClass"]} if jar.get("MainClass") else {}),
                "Args": list(jar.get("Args") or []),
            },
            "ActionOnFailure": self.on_failure,
            "Status": {
                "State": self.state,
                "StateChangeReason": {},
                **({"FailureDetails": dict(self.failure)} if self.failure else {}),
                "Timeline": _seconds(timeline),
            },
            **({"ExecutionRoleArn": self.role} if self.role else {}),
        }


@dataclass
class Cluster:
    """A cluster. `request` is that of RunJobFlow; `job_role` is the role of its instances."""

    id: str
    arn: str
    request: Mapping[str, Any]
    job_role: str
    steps: list[Step] = field(default_factory=list)
    state: str = "WAITING"
    reason: Mapping[str, str] = field(default_factory=dict)
    created: datetime = field(default_factory=_now)
    ended: datetime | None = None

    @property
    def is_kept(self) -> bool:
        """Whether the cluster waits for steps after the last one."""
        return bool(self.request["Instances"].get("KeepJobFlowAliveWhenNoSteps"))

    @property
    def concurrency(self) -> int:
        """The number of steps that run at the same time."""
        return int(self.request.get("StepConcurrencyLevel") or 1)

    @property
    def has_spark(self) -> bool:
        """Whether Spark is one of the applications of the cluster."""
        names = [each["Name"].lower() for each in self.request.get("Applications") or []]
        return "spark" in names

    def end(self, code: str, message: str, state: str = "TERMINATED") -> None:
        """Terminate the cluster. No-op if it has ended."""
        if self.state not in CLUSTER_ENDED:
            self.state, self.ended = state, _now()
            self.reason = {"Code": code, "Message": message}

    def status(self) -> dict[str, Any]:
        """Return the state with its reason and times."""
        timeline = {
            "CreationDateTime": self.created,
            "ReadyDateTime": self.created,
            "EndDateTime": self.ended,
        }
        return {
            "State": self.state,
            "StateChangeReason": dict(self.reason),
            "Timeline": _seconds(timeline),
        }

    def document(self) -> dict[str, Any]:
        """Return the cluster as in DescribeCluster."""
        request = self.request
        given = ("LogUri", "ReleaseLabel", "Configurations", "ServiceRole", "Tags")
        return {
            "Id": self.id,
            "Name": request["Name"],
            "ClusterArn": self.arn,
            "Status": self.status(),
            "AutoTerminate": not self.is_kept,
            "TerminationProtected": False,
            "Applications": list(request.get("Applications") or []),
            "StepConcurrencyLevel": self.concurrency,
            "Ec2InstanceAttributes": {"IamInstanceProfile": request["JobFlowRole"]},
            **{name: request[name] for name in given if request.get(name)},
        }


def _seconds(times: Mapping[str, datetime | None]) -> dict[str, float]:
    return {name: time.timestamp() for name, time in times.items() if time is not None}
