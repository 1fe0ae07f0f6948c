"""The input, the result and the errors of a step executor."""

from __future__ import annotations

import random
import re
import string
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from botocore.exceptions import ClientError

from local_cloud.sagemaker.pipelines.callback_tokens import Callbacks
from local_cloud.sagemaker.pipelines.definition_model import Step
from local_cloud.sagemaker.pipelines.execution_record import Execution

_NAME_CHARACTERS = 63
_SUFFIX_CHARACTERS = 10
_ALREADY_EXISTS = "already exist"  # "… already exists", "Cannot create already existing …"


class StepFailed(Exception):
    """A step failed. `exception_type` is the type in retry policies, if there is one."""

    def __init__(self, reason: str, exception_type: str | None = None) -> None:
        super().__init__(reason)
        self.exception_type = exception_type


class StepStopped(Exception):
    """A step was stopped because its execution was stopped."""


@dataclass(frozen=True)
class StepResult:
    """The result of a step that later steps can use."""

    properties: Mapping[str, Any]


class StopSignal:
    """Passes a stop request of the execution to its running steps."""

    def __init__(self) -> None:
        self.requested = threading.Event()
        self._lock = threading.Lock()
        self._actions: list[Callable[[], object]] = []

    def on_request(self, action: Callable[[], object]) -> None:
        """Call the action when a stop is requested, or immediately if it was already requested."""
        with self._lock:
            self._actions.append(action)
        if self.requested.is_set():
            action()

    def request(self) -> None:
        """Request a stop and call all actions."""
        self.requested.set()
        with self._lock:
            actions = list(self._actions)
        for action in actions:
            action()


@dataclass(frozen=True)
class StepContext:
    """A step that is ready to run, and the functions that its executor needs.

    `name` is a unique name for the resource that the step creates (see `create_once`). It begins
    with `prefix`, if the definition has one.
    `client(service)` has the pipeline's role. It does not retry, because the step's policies do.
    `reader(service)` retries: it is for calls that describe or stop. `wait_for_job(arn)` returns
    when a job has ended. `report(metadata)` adds metadata to the description of the step.
    `evaluate` resolves expressions.
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
    prefix: str = ""

    def renamed(self) -> StepContext:
        """Return the context with a name for a further resource."""
        return replace(self, name=unique_name(self.execution, self.step, self.prefix))

    def tagged(self) -> dict[str, Any]:
        """Return the arguments with the tags that the service adds to resources of a pipeline."""
        added = {
            "sagemaker:pipeline-execution-arn": self.execution.arn,
            "sagemaker:pipeline-step-name": self.step.name,
        }
        tags = [{"Key": key, "Value": value} for key, value in added.items()]
        return {**self.arguments, "Tags": [*self.arguments.get("Tags", []), *tags]}


def unique_name(execution: Execution, step: Step, prefix: str = "") -> str:
    """Return a name in the service's format: pipelines-<execution id>-<step>-<random>.

    With the prefix of a definition it is <prefix>-<execution id>-<random>. Source:
    https://docs.aws.amazon.com/sagemaker/latest/dg/build-and-manage-access.html
    """
    execution_id = execution.settings.execution_id
    suffix = "".join(random.choices(string.ascii_letters + string.digits, k=_SUFFIX_CHARACTERS))
    if prefix:
        return f"{prefix}-{execution_id}-{suffix}"
    start = f"pipelines-{execution_id}-"
    name_characters = _NAME_CHARACTERS - len(start) - 1 - _SUFFIX_CHARACTERS
    shown = re.sub(r"[^a-zA-Z0-9]+", "-", step.name)[:name_characters].strip("-")
    return f"{start}{shown}-{suffix}"


def create_once(create: Callable[..., Any], **request: Any) -> None:
    """Create the resource. If it exists, an earlier call has created it (its response was lost)."""
    try:
        create(**request)
    except ClientError as error:
        if _ALREADY_EXISTS not in error.response["Error"]["Message"]:
            raise
