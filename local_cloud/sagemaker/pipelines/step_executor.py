"""The description of a step type: the function that runs it, and the allowed members."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from local_cloud.sagemaker.pipelines.definition_model import Step
from local_cloud.sagemaker.pipelines.step_context import StepContext, StepResult


@dataclass(frozen=True)
class LogSource:
    """The log lines of a step: all streams with a prefix, or all lines during the step."""

    group: str
    stream_prefix: str | None = None


def _no_findings(_step: Step) -> Iterable[str]:
    return ()


@dataclass(frozen=True)
class StepExecutor:
    """A type of step.

    `run(context)` runs the step. With `evaluates_arguments`, it receives unresolved arguments and
    evaluates them. `findings(step)` yields one sentence for each problem; arguments may still be
    expressions. `members` are the members that only steps of this type have. `branches` are the
    arguments that contain steps, with the outcome for which those steps run. `name_argument` is the
    argument that the service sets. `cache_key_attributes` are the arguments that must be equal for
    a cache hit; a type without such arguments cannot be cached. `metadata_key` is the type's member
    in the Metadata of a PipelineExecutionStep. Its member `arn` contains an ARN: `describe(client,
    arn)` reads the step's properties, `logs(arn)` finds the step's logs. Without `describe`, the
    metadata contain the properties.
    """

    type: str
    metadata_key: str
    run: Callable[[StepContext], StepResult]
    findings: Callable[[Step], Iterable[str]] = _no_findings
    members: frozenset[str] = frozenset()
    branches: Mapping[str, bool] = field(default_factory=dict)
    evaluates_arguments: bool = False
    name_argument: str | None = None
    cache_key_attributes: tuple[str, ...] = ()
    arn: str = "Arn"
    describe: Callable[[Any, str], Mapping[str, Any]] | None = None
    logs: Callable[[str], LogSource] | None = None
