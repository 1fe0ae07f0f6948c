"""Collects the facts of an execution for its report."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from execution_reader.definition import DefinedStep
from execution_reader.execution import RUNNING, Execution
from execution_reader.gates import gates_of
from execution_reader.packages import registered_packages
from execution_reader.run_cost import run_costs
from execution_reader.starter import starter
from execution_reader.values import Values
from prices import PriceTable
from run_report.document_values import DocumentValues
from run_report.facts import NOT_REACHED, WAITING, Facts, Step
from run_report.lake import Lake
from run_report.last_lines import last_lines

# The outputs whose documents have a place in the report, besides those of property files.
_OUTPUTS = frozenset({"analysis", "contract", "evaluation", "report"})


@dataclass(frozen=True)
class Source:
    """Where the facts of a pipeline's executions are.

    `client` returns the client of a service. `pipeline` is the name of its folder, with hyphens.
    """

    client: Callable[[str], Any]
    environment: str
    pipeline: str
    bucket: str


def collect(source: Source, execution_arn: str) -> Facts:
    """Return the current facts of an execution."""
    sagemaker, now = source.client("sagemaker"), datetime.now(UTC)
    execution = Execution.read(sagemaker, execution_arn)
    values = DocumentValues(execution, _documents(source, execution))
    found = starter(execution.described)
    return Facts(
        environment=source.environment,
        pipeline=execution.pipeline,
        execution_id=execution.id,
        execution_arn=execution_arn,
        display_name=execution.described.get("PipelineExecutionDisplayName"),
        started_by=found.text if found else None,
        status=execution.status,
        failure_reason=execution.described.get("FailureReason"),
        started=execution.start,
        ended=execution.end,
        read_at=now,
        parameters=tuple(execution.changed_parameters()),
        steps=tuple(
            _step(source, execution, defined) for defined in execution.definition.steps.values()
        ),
        gates=tuple(gates_of(values, missing=lambda _: None)),
        documents=values.documents,
        properties=dict(_properties(values)),
        package=next(registered_packages(sagemaker, execution), None),
        costs=tuple(run_costs(sagemaker, execution.started.values(), PriceTable.read())),
    )


def _documents(source: Source, execution: Execution) -> dict[str, Any]:
    """Return the documents of the steps that have succeeded, also of an earlier execution."""
    lake = Lake(source.client("s3"), source.bucket, source.pipeline)
    found: dict[str, Any] = {}
    for name, step in execution.definition.steps.items():
        if step.type == "Processing" and execution.has_succeeded(name):
            declared = {each["OutputName"] for each in step.property_files.values()}
            writer = execution.writer_of(name)
            found.update(lake.documents(writer, name, _OUTPUTS | declared))
    return found


def _step(source: Source, execution: Execution, defined: DefinedStep) -> Step:
    after = execution.definition.directly_before(defined.name)
    started = execution.started.get(defined.name)
    if started is None:
        status = WAITING if execution.status in RUNNING else NOT_REACHED
        return Step(name=defined.name, type=defined.type, after=after, status=status, outputs={})
    failed = started.status == "Failed"
    return Step(
        name=defined.name,
        type=defined.type,
        after=after,
        status=started.status,
        started=started.started,
        ended=started.ended,
        attempts=started.attempts,
        reason=started.reason,
        reused_from=started.reused_from,
        outputs=started.outputs,
        log=tuple(last_lines(source.client("logs"), started.metadata)) if failed else (),
    )


def _properties(values: Values) -> Iterator[tuple[str, str]]:
    """Yield the properties with which models are registered, as far as they are known."""
    for step in values.execution.definition.steps.values():
        if step.type == "RegisterModel":
            for name, given in step.arguments.get("CustomerMetadataProperties", {}).items():
                value = values.of_or(given, lambda _: None)
                if value is not None:
                    yield name, str(value)
