"""The facts of one execution that its report shows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from execution_reader.execution import RUNNING, ChangedParameter
from execution_reader.gates import Gate
from execution_reader.packages import RegisteredPackage
from execution_reader.run_cost import RunCostLine

NOT_REACHED, WAITING = "Not reached", "Waiting"


@dataclass(frozen=True, kw_only=True)
class Step:
    """A step of the definition. `after` are the steps that it waits for.

    `reused_from` is the ID of the execution whose result was used. `log` are its last log lines.
    """

    name: str
    type: str
    after: tuple[str, ...]
    status: str
    started: datetime | None = None
    ended: datetime | None = None
    attempts: int = 0
    reason: str | None = None
    reused_from: str | None = None
    outputs: Mapping[str, str]
    log: tuple[str, ...] = ()

    def seconds(self, now: datetime) -> float | None:
        """Return the duration, until now if the step runs; None if it has not started."""
        if self.started is None:
            return None
        return ((self.ended or now) - self.started).total_seconds()


@dataclass(frozen=True, kw_only=True)
class Facts:
    """An execution. `parameters` are those that differ from the deployed defaults.

    `documents` are the JSON documents that its steps wrote, by `<step>/<output>/<file>`.
    `properties` are the properties with which a model is registered, as far as they are known.
    """

    environment: str
    pipeline: str
    execution_id: str
    execution_arn: str
    display_name: str | None
    started_by: str | None
    status: str
    failure_reason: str | None
    started: datetime
    ended: datetime | None
    read_at: datetime
    parameters: tuple[ChangedParameter, ...]
    steps: tuple[Step, ...]
    gates: tuple[Gate, ...]
    documents: Mapping[str, Any]
    properties: Mapping[str, str]
    package: RegisteredPackage | None
    costs: tuple[RunCostLine, ...]

    @property
    def is_running(self) -> bool:
        """Whether the execution has not ended."""
        return self.status in RUNNING

    @property
    def seconds(self) -> float:
        """The duration, until now if the execution runs."""
        return ((self.ended or self.read_at) - self.started).total_seconds()

    @property
    def usd(self) -> float | None:
        """The cost of its jobs in US dollars; None if the cost of one of them is unknown."""
        known = [line.usd for line in self.costs if line.usd is not None]
        return sum(known) if len(known) == len(self.costs) else None

    def document(self, output: str, file: str) -> Any:
        """Return the first document of this output and file of any step, or None."""
        return next(iter(self.all_documents(output, file)), None)

    def all_documents(self, output: str, prefix: str) -> list[Any]:
        """Return the documents of an output whose file names start with a prefix."""
        return [
            document
            for key, document in self.documents.items()
            if key.split("/")[1] == output and key.split("/")[2].startswith(prefix)
        ]
