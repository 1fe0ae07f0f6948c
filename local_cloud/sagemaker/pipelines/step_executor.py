"""What the laptop cloud knows about a step type: how it runs, and what its definition may hold."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from local_cloud.sagemaker.pipelines.definition_model import Step
from local_cloud.sagemaker.pipelines.step_context import StepContext, StepResult


@dataclass(frozen=True)
class LogSource:
    """A step's lines in CloudWatch Logs: of the streams with a prefix, or of its time span."""

    group: str
    stream_prefix: str | None = None


def _no_findings(_step: Step) -> Iterable[str]:
    return ()


@dataclass(frozen=True)
class StepExecutor:
    """One step type.

    `run(context)` does the work; with `evaluates_arguments` it gets them unresolved.
    `findings(step)` yields what of a step cannot be done, one sentence each; it also reads
    arguments that are still expressions.
    `members` are the members of a step (beside those of every step) that the type has;
    `branches` the arguments that hold steps, with the outcome for which those run.
    `name_argument` is the argument that the service sets itself.
    `cache_key_attributes` are the arguments that two runs must share for a cache hit; a type
    without any cannot be cached.
    `metadata_key` is the type's member of a PipelineExecutionStep's Metadata. From the ARN in it
    `describe(client, arn)` reads the step's properties and `logs(arn)` says where its logs are.
    """

    type: str
    metadata_key: str
    run: Callable[[StepContext], StepResult]
    findings: Callable[[Step], Iterable[str]] = _no_findings
    members: frozenset[str] = frozenset()
    branches: Mapping[str, bool] = field(default_factory=dict)
    evaluates_arguments: bool = False
    name_argument: str | None = None
    retryable: bool = False
    cache_key_attributes: tuple[str, ...] = ()
    describe: Callable[[Any, str], Mapping[str, Any]] | None = None
    logs: Callable[[str], LogSource] | None = None
