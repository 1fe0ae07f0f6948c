"""The description of a step type: the function that runs it, and the allowed members."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field

from local_cloud.sagemaker.pipelines.definition_model import Step
from local_cloud.sagemaker.pipelines.step_context import StepContext, StepResult


def _no_findings(_step: Step) -> Iterable[str]:
    return ()


@dataclass(frozen=True)
class StepExecutor:
    """A type of step.

    `run(context)` runs the step. With `evaluates_arguments`, it receives unresolved arguments and
    evaluates them. `findings(step)` yields one sentence for each problem; arguments may still be
    expressions. `members` are the members that only steps of this type have. `branches` are the
    arguments that contain steps, with the outcome for which those steps run. `name_argument` is the
    argument with a prefix of the name that the service sets, `longest_prefix` its characters.
    `absent_properties` are those that only a step on AWS has.
    `cache_key_attributes` are the arguments and members that must be equal for a cache hit; a type
    without them cannot be cached.
    """

    type: str
    run: Callable[[StepContext], StepResult]
    findings: Callable[[Step], Iterable[str]] = _no_findings
    members: frozenset[str] = frozenset()
    branches: Mapping[str, bool] = field(default_factory=dict)
    evaluates_arguments: bool = False
    name_argument: str | None = None
    longest_prefix: int = 38
    absent_properties: frozenset[tuple[str, ...]] = frozenset()
    cache_key_attributes: tuple[str, ...] = ()
