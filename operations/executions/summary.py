"""Collects a summary of an execution, through the APIs of the services only."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from operations.environment_clients import EnvironmentClients
from operations.executions.causes import ChangedParameter, changed_parameters, started_by
from operations.executions.definition import Definition, parse
from operations.executions.expressions import GET, JOIN, JSON_GET, Unknown, evaluate
from operations.executions.lookup import pipeline_of, steps_of
from operations.executions.scope import ApiScope

Document = dict[str, Any]
# An output of a Lambda or Callback step.
_OUTPUT = re.compile(r"Steps\.(?P<step>[\w-]+)\.OutputParameters\['(?P<name>\w+)'\]")


@dataclass(frozen=True)
class StepSummary:
    """A step. `seconds` is None while it runs. `reused_from` is the ARN of an earlier execution."""

    name: str
    type: str
    status: str
    seconds: float | None
    attempts: int
    reused_from: str | None
    reason: str | None
    metadata: Mapping[str, Any]


@dataclass(frozen=True)
class Comparison:
    """One condition of a gate, with the compared values."""

    left: str
    left_value: Any
    operator: str
    right: str
    right_value: Any


@dataclass(frozen=True)
class Gate:
    """A Condition step that has run."""

    step: str
    outcome: bool
    comparisons: tuple[Comparison, ...]


@dataclass(frozen=True)
class RegisteredPackage:
    """A registered model package."""

    arn: str
    group: str
    version: int
    approval_status: str


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
    described = client.describe_pipeline_execution(PipelineExecutionArn=execution_arn)
    definition = _definition(client, execution_arn)
    raw = steps_of(aws, execution_arn)
    scope = ApiScope(aws, execution_arn, definition, raw)
    started = {step["StepName"] for step in raw}
    return Summary(
        pipeline=pipeline_of(execution_arn),
        execution_id=execution_arn.rpartition("/")[2],
        execution_arn=execution_arn,
        display_name=described.get("PipelineExecutionDisplayName"),
        status=described["PipelineExecutionStatus"],
        failure_reason=described.get("FailureReason"),
        started=described["CreationTime"],
        seconds=_seconds(described["CreationTime"], _end(described)),
        started_by=started_by(aws, described),
        parameters=scope.parameters,
        changed_parameters=tuple(changed_parameters(definition, scope.parameters)),
        steps=tuple(_step(step, definition) for step in raw),
        waiting_steps=tuple(name for name in definition.steps if name not in started),
        metrics=dict(_metrics(definition, scope)),
        gates=tuple(_gates(definition, raw, scope)),
        packages=tuple(_packages(client, raw)),
    )


def _definition(client: Any, execution_arn: str) -> Definition:
    answer = client.describe_pipeline_definition_for_execution(PipelineExecutionArn=execution_arn)
    return parse(answer["PipelineDefinition"])


def _end(described: Document) -> datetime:
    end: datetime = described["LastModifiedTime"]
    return end if _has_ended(described) else datetime.now(UTC)


def _has_ended(described: Document) -> bool:
    return described["PipelineExecutionStatus"] not in ("Executing", "Stopping")


def _seconds(start: datetime, end: datetime) -> float:
    return round((end - start).total_seconds(), 1)


def _step(step: Document, definition: Definition) -> StepSummary:
    end = step.get("EndTime")
    source = step.get("CacheHitResult") or step.get("SelectiveExecutionResult") or {}
    return StepSummary(
        name=step["StepName"],
        type=definition.steps[step["StepName"]].type,
        status=step["StepStatus"],
        seconds=_seconds(step["StartTime"], end) if end else None,
        attempts=step.get("AttemptCount", 0),
        reused_from=source.get("SourcePipelineExecutionArn", "").rpartition("/")[2] or None,
        reason=step.get("FailureReason"),
        metadata=step.get("Metadata", {}),
    )


def _metrics(definition: Definition, scope: ApiScope) -> Iterator[tuple[str, Any]]:
    """Yield the name and content of every readable property file."""
    for step in definition.steps.values():
        for name in step.property_files:
            if scope.has_succeeded(step.name):
                yield name, _document(step.name, name, scope)


def _document(step: str, name: str, scope: ApiScope) -> Any:
    try:
        return scope.property_file(step, name)
    except Unknown as error:
        return {"unreadable": str(error)}


def _gates(definition: Definition, raw: list[Document], scope: ApiScope) -> Iterator[Gate]:
    for step in raw:
        condition = step.get("Metadata", {}).get("Condition")
        if condition:
            conditions = definition.steps[step["StepName"]].arguments.get("Conditions", [])
            comparisons = tuple(_comparisons(conditions, scope))
            yield Gate(step["StepName"], condition["Outcome"] == "True", comparisons)


def _comparisons(conditions: list[Document], scope: ApiScope) -> Iterator[Comparison]:
    for condition in conditions:
        if "LeftValue" in condition:
            left, right = condition["LeftValue"], condition["RightValue"]
        elif "QueryValue" in condition:
            left, right = condition["QueryValue"], condition["Values"]
        else:
            inner = condition.get("Conditions") or [condition["Condition"]]
            yield from _comparisons(inner, scope)
            continue
        yield Comparison(
            left=_label(left),
            left_value=_value(left, scope),
            operator=condition["Type"],
            right=_label(right),
            right_value=_value(right, scope),
        )


def _label(value: Any) -> str:
    """Return a short name for an operand of a condition."""
    if isinstance(value, Mapping) and GET in value:
        output = _OUTPUT.fullmatch(str(value[GET]))
        if output:
            return f"{output['step']}.{output['name']}"
        return str(value[GET]).removeprefix("Parameters.")
    if isinstance(value, Mapping) and JSON_GET in value:
        return str(value[JSON_GET]["Path"])
    return JOIN if isinstance(value, Mapping) else str(value)


def _value(value: Any, scope: ApiScope) -> Any:
    try:
        return evaluate(value, scope)
    except Unknown as error:
        return f"({error})"


def _packages(client: Any, raw: list[Document]) -> Iterator[RegisteredPackage]:
    for step in raw:
        registered = step.get("Metadata", {}).get("RegisterModel")
        if registered and step["StepStatus"] == "Succeeded":
            package = client.describe_model_package(ModelPackageName=registered["Arn"])
            yield RegisteredPackage(
                arn=registered["Arn"],
                group=package.get("ModelPackageGroupName", ""),
                version=package.get("ModelPackageVersion", 0),
                approval_status=package.get("ModelApprovalStatus", ""),
            )
