"""A phase of the smoke run, and what all phases may use."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from operations.environment_clients import EnvironmentClients
from operations.smoke import SmokeError
from operations.stack_outputs import outputs_of

# The example pipelines that are run: training, batch predictions, monitoring.
TRAINING, BATCH, MONITOR = "tickit", "tickit-batch", "tickit-monitor"
_LONGEST_PAUSE_SECONDS = 30.0
_Found = TypeVar("_Found")


@dataclass(frozen=True)
class SmokeRun:
    """The environment, the commands that deploy and destroy it, and the folder of the recording.

    `progress` shows a line about what is happening now.
    """

    aws: EnvironmentClients
    deploy: str
    destroy: str
    folder: Path
    progress: Callable[[str], None]
    pause: Callable[[float], None] = time.sleep
    clock: Callable[[], float] = time.monotonic

    def client(self, service: str) -> Any:
        """Return the client of a service."""
        return self.aws.clients(service)

    def name_of(self, pipeline: str) -> str:
        """Return the full name of a pipeline, which is also that of its models and endpoint."""
        return f"{self.aws.prefix}{pipeline}"

    def outputs(self, stack: str) -> dict[str, str]:
        """Return key -> value of the outputs of a stack, given by the last part of its name."""
        name = self.name_of(stack)
        (found,) = self.client("cloudformation").describe_stacks(StackName=name)["Stacks"]
        return outputs_of(found)

    def wait(self, what: str, look: Callable[[], _Found | None], *, minutes: float) -> _Found:
        """Call `look` until it returns a value.

        Raises `SmokeError` after so many minutes.
        """
        deadline, seconds = self.clock() + 60 * minutes, 0.5
        while (found := look()) is None:
            if self.clock() > deadline:
                raise SmokeError(f"{what} has not ended after {minutes:.0f} minutes")
            self.pause(seconds)
            seconds = min(seconds * 1.5, _LONGEST_PAUSE_SECONDS)
        return found


@dataclass(frozen=True)
class Phase:
    """A phase. `run` returns what it saw, in one line or more.

    It raises `SmokeError` or an error of the SDK or the warehouse if it fails.
    """

    name: str
    run: Callable[[SmokeRun], str]
