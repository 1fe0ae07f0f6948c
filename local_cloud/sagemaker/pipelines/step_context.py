"""What an executor is given, what it returns and how it fails."""

from __future__ import annotations

import random
import re
import string
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from botocore.exceptions import ClientError

from local_cloud.sagemaker.pipelines.callback_tokens import Callbacks
from local_cloud.sagemaker.pipelines.definition_model import Step
from local_cloud.sagemaker.pipelines.execution_record import Execution

_NAME_CHARACTERS = 63
_SUFFIX_CHARACTERS = 10
_ALREADY_EXISTS = "already exist"  # "… already exists", "Cannot create already existing …"


class StepFailed(Exception):
    """A step cannot succeed; `exception_type` is what retry policies know it by, if at all."""

    def __init__(self, reason: str, exception_type: str | None = None) -> None:
        super().__init__(reason)
        self.exception_type = exception_type


class StepStopped(Exception):
    """The work of a step was stopped on the execution's wish."""


@dataclass(frozen=True)
class StepResult:
    """What a step leaves to those after it."""

    properties: Mapping[str, Any]


class StopSignal:
    """Hands the wish to stop an execution on to what a step has running."""

    def __init__(self) -> None:
        self.requested = threading.Event()
        self._lock = threading.Lock()
        self._actions: list[Callable[[], object]] = []

    def on_request(self, action: Callable[[], object]) -> None:
        """Do this when a stop is asked for, at once if it was already."""
        with self._lock:
            self._actions.append(action)
        if self.requested.is_set():
            action()

    def request(self) -> None:
        """Ask everything to stop."""
        self.requested.set()
        with self._lock:
            actions = list(self._actions)
        for action in actions:
            action()


@dataclass(frozen=True)
class StepContext:
    """A step that is ready to run, with the hands to run it.

    `name` is for what the step makes, which nobody else names so: see `create_once`.
    `client(service)` has the pipeline's role and tries once: what fails is the business of the
    step's policies. `reader(service)` is for what only looks, or stops, and goes on trying.
    `wait_for_job(arn)` returns when a job has ended; `report(metadata)` shows what is known of the
    step so far; `evaluate` resolves expressions.
    """

    execution: Execution
    step: Step
    name: str
    arguments: Mapping[str, Any]
    client: Callable[[str], Any]
    reader: Callable[[str], Any]
    evaluate: Callable[[Any], Any]
    report: Callable[[Mapping[str, Any]], None]
    wait_for_job: Callable[[str], None]
    stop_signal: StopSignal
    callbacks: Callbacks

    def tagged(self) -> dict[str, Any]:
        """The arguments with the tags that the service adds to what a pipeline makes."""
        added = {
            "sagemaker:pipeline-execution-arn": self.execution.arn,
            "sagemaker:pipeline-step-name": self.step.name,
        }
        tags = [{"Key": key, "Value": value} for key, value in added.items()]
        return {**self.arguments, "Tags": [*self.arguments.get("Tags", []), *tags]}


def unique_name(execution: Execution, step: Step) -> str:
    """A name in the service's manner: pipelines-<execution id>-<step>-<random>."""
    prefix = f"pipelines-{execution.settings.execution_id}-"
    name_characters = _NAME_CHARACTERS - len(prefix) - 1 - _SUFFIX_CHARACTERS
    shown = re.sub(r"[^a-zA-Z0-9]+", "-", step.name)[:name_characters].strip("-")
    suffix = random.choices(string.ascii_letters + string.digits, k=_SUFFIX_CHARACTERS)
    return f"{prefix}{shown}-{''.join(suffix)}"


def create_once(create: Callable[..., Any], **request: Any) -> None:
    """Create what has the step's own name; it is there already when an answer was lost."""
    try:
        create(**request)
    except ClientError as error:
        if _ALREADY_EXISTS not in error.response["Error"]["Message"]:
            raise
