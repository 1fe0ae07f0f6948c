"""Reads the facts of an execution with the APIs of SageMaker, S3 and CloudWatch Logs."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from run_report.definition import DefinedStep, Definition
from run_report.facts import NOT_REACHED, RUNNING, WAITING, Facts, Package, Parameter, Step
from run_report.gates import gates_of
from run_report.lake import Lake
from run_report.logs import last_lines
from run_report.starter import starter
from run_report.values import Values

Document = Mapping[str, Any]
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
    described = sagemaker.describe_pipeline_execution(PipelineExecutionArn=execution_arn)
    definition = Definition.read(
        sagemaker.describe_pipeline_definition_for_execution(PipelineExecutionArn=execution_arn)[
            "PipelineDefinition"
        ]
    )
    started = {
        each["StepName"]: each
        for each in _all(sagemaker, "list_pipeline_execution_steps", "PipelineExecutionSteps",
                         execution_arn)
    }  # fmt: skip
    parameters = {
        each["Name"]: each["Value"]
        for each in _all(
            sagemaker,
            "list_pipeline_parameters_for_execution",
            "PipelineParameters",
            execution_arn,
        )
    }
    arn, _, execution_id = execution_arn.rpartition("/execution/")
    values = Values(
        definition,
        execution={"PipelineExecutionId": execution_id, "PipelineExecutionArn": execution_arn},
        parameters=parameters,
        outputs={name: _outputs(each) for name, each in started.items()},
        documents=_documents(source, definition, started, execution_id),
    )
    status = described["PipelineExecutionStatus"]
    is_running = status in RUNNING
    return Facts(
        environment=source.environment,
        pipeline=arn.rpartition("/")[2],
        execution_id=execution_id,
        execution_arn=execution_arn,
        display_name=described.get("PipelineExecutionDisplayName"),
        started_by=starter(described),
        status=status,
        failure_reason=described.get("FailureReason"),
        started=described["CreationTime"],
        ended=None if is_running else described["LastModifiedTime"],
        read_at=now,
        parameters=tuple(_changed(definition, parameters)),
        steps=tuple(
            _step(source, each, started.get(each.name), waits=is_running)
            for each in definition.steps.values()
        ),
        gates=tuple(gates_of(definition, started, values)),
        documents=values.documents,
        properties=dict(_properties(definition, values)),
        package=_package(sagemaker, started),
    )


def _all(client: Any, operation: str, member: str, execution_arn: str) -> list[Document]:
    pages = client.get_paginator(operation).paginate(PipelineExecutionArn=execution_arn)
    return [entry for page in pages for entry in page[member]]


def _documents(
    source: Source, definition: Definition, started: Mapping[str, Document], execution_id: str
) -> dict[str, Any]:
    """Return the documents of the steps that have succeeded, also of an earlier execution."""
    lake = Lake(source.client("s3"), source.bucket, source.pipeline)
    found: dict[str, Any] = {}
    for name, step in definition.steps.items():
        if step.type == "Processing" and started.get(name, {}).get("StepStatus") == "Succeeded":
            declared = {path.split("/")[1] for path in step.property_files.values()}
            writer = _reused_from(started[name]) or execution_id
            found.update(lake.documents(writer, name, _OUTPUTS | declared))
    return found


def _step(source: Source, defined: DefinedStep, entry: Document | None, *, waits: bool) -> Step:
    if entry is None:
        status = WAITING if waits else NOT_REACHED
        return Step(
            name=defined.name, type=defined.type, after=defined.after, status=status, outputs={}
        )
    metadata = entry.get("Metadata", {})
    failed = entry["StepStatus"] == "Failed"
    return Step(
        name=defined.name,
        type=defined.type,
        after=defined.after,
        status=entry["StepStatus"],
        started=entry.get("StartTime"),
        ended=entry.get("EndTime"),
        attempts=entry.get("AttemptCount", 0),
        reason=entry.get("FailureReason") or metadata.get("Fail", {}).get("ErrorMessage"),
        reused_from=_reused_from(entry),
        outputs=_outputs(entry),
        log=last_lines(source.client("logs"), metadata) if failed else (),
    )


def _reused_from(entry: Document) -> str | None:
    result = entry.get("CacheHitResult") or entry.get("SelectiveExecutionResult") or {}
    return result.get("SourcePipelineExecutionArn", "").rpartition("/")[2] or None


def _outputs(entry: Document) -> dict[str, str]:
    """Return the outputs of a Lambda or Callback step."""
    metadata = entry.get("Metadata", {})
    parameters = (metadata.get(kind, {}).get("OutputParameters") for kind in ("Lambda", "Callback"))
    return {each["Name"]: each["Value"] for found in parameters for each in found or ()}


def _changed(definition: Definition, parameters: Mapping[str, str]) -> Iterator[Parameter]:
    """Yield the parameters whose values are not the defaults; the API returns text."""
    for name, value in parameters.items():
        default = definition.defaults.get(name)
        text = str(default).lower() if isinstance(default, bool) else str(default)
        if value != text:
            yield Parameter(name=name, value=value, default=text)


def _properties(definition: Definition, values: Values) -> Iterator[tuple[str, str]]:
    for step in definition.steps.values():
        if step.type == "RegisterModel":
            for name, given in step.arguments.get("CustomerMetadataProperties", {}).items():
                if (value := values.of(given)) is not None:
                    yield name, str(value)


def _package(sagemaker: Any, started: Mapping[str, Document]) -> Package | None:
    for step in started.values():
        registered = step.get("Metadata", {}).get("RegisterModel")
        if registered and step["StepStatus"] == "Succeeded":
            found = sagemaker.describe_model_package(ModelPackageName=registered["Arn"])
            containers = found.get("InferenceSpecification", {}).get("Containers", [{}])
            return Package(
                arn=registered["Arn"],
                group=found.get("ModelPackageGroupName", ""),
                version=found.get("ModelPackageVersion"),
                approval=found.get("ModelApprovalStatus", ""),
                model_uri=containers[0].get("ModelDataUrl"),
            )
    return None
