"""Collects a summary of an execution, through the APIs of the services only."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from execution_reader.execution import ChangedParameter, Execution
from execution_reader.expressions import Unknown
from execution_reader.gates import Gate, gates_of
from execution_reader.packages import RegisteredPackage, registered_packages
from execution_reader.started_step import StartedStep
from operations.environment_clients import EnvironmentClients
from operations.executions.service_values import ServiceValues
from operations.executions.starters import started_by


@dataclass(frozen=True)
class StepSummary:
    """A step. `seconds` is None while it runs. `reused_from` is the ID of an earlier execution."""

    name: str
    type: str
    status: str
    seconds: float | None
    attempts: int
    reused_from: str | None
    reason: str | None
    metadata: Mapping[str, Any]


@dataclass(frozen=True)
class Summary:
    """The summary of an execution.

    `started_by` is a person, a role or a rule; None if the service does not say.
    """

    pipeline: str
    execution_id: str
    execution_arn: str
    display_name: str | None
    status: str
    failure_reason: str | None
    started: datetime
    seconds: float
    started_by: str | None
    parameters: Mapping[str, str]
    changed_parameters: tuple[ChangedParameter, ...]
    steps: tuple[StepSummary, ...]
    waiting_steps: tuple[str, ...]
    metrics: Mapping[str, Any]
    gates: tuple[Gate, ...]
    packages: tuple[RegisteredPackage, ...]


def summarise(aws: EnvironmentClients, execution_arn: str) -> Summary:
    """Return the current summary of an execution."""
    client = aws.clients("sagemaker")
    execution = Execution.read(client, execution_arn)
    values = ServiceValues(aws.clients, execution)
    steps = execution.definition.steps
    return Summary(
        pipeline=execution.pipeline,
        execution_id=execution.id,
        execution_arn=execution_arn,
        display_name=execution.described.get("PipelineExecutionDisplayName"),
        status=execution.status,
        failure_reason=execution.described.get("FailureReason"),
        started=execution.start,
        seconds=_seconds(execution.start, execution.end or datetime.now(UTC)),
        started_by=started_by(aws, execution.described),
        parameters=execution.parameters,
        changed_parameters=tuple(execution.changed_parameters()),
        steps=tuple(_step(each, steps[each.name].type) for each in execution.started.values()),
        waiting_steps=tuple(name for name in steps if name not in execution.started),
        metrics=dict(_metrics(values)),
        gates=tuple(gates_of(values, missing=lambda unknown: f"({unknown})")),
        packages=tuple(registered_packages(client, execution)),
    )


def _seconds(start: datetime, end: datetime) -> float:
    return round((end - start).total_seconds(), 1)


def _step(step: StartedStep, kind: str) -> StepSummary:
    return StepSummary(
        name=step.name,
        type=kind,
        status=step.status,
        seconds=_seconds(step.started, step.ended) if step.started and step.ended else None,
        attempts=step.attempts,
        reused_from=step.reused_from,
        reason=step.reason,
        metadata=step.metadata,
    )


def _metrics(values: ServiceValues) -> Iterator[tuple[str, Any]]:
    """Yield the name and content of every property file of the steps that have succeeded."""
    for step in values.execution.definition.steps.values():
        for name in step.property_files:
            if values.execution.has_succeeded(step.name):
                yield name, _document(step.name, name, values)


def _document(step: str, name: str, values: ServiceValues) -> Any:
    try:
        return values.property_file(step, name)
    except Unknown as error:
        return {"unreadable": str(error)}
