"""The JSON documents that steps of a pipeline wrote, run by run, the newest first."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from execution_reader.definition import Definition, parse
from execution_reader.execution import started_steps
from operations import OperationError
from operations.environment_clients import EnvironmentClients
from operations.executions.lookup import executions
from operations.lake import lake_bucket
from run_report.lake import Lake

_PARALLEL_READS = 8


@dataclass(frozen=True)
class DocumentRun:
    """A run with the documents that it wrote, by the names of their files."""

    execution_id: str
    started: datetime
    status: str
    documents: Mapping[str, Mapping[str, Any]]


def writes(definition: Definition, file: str) -> bool:
    """Return whether a step of the pipeline writes the file."""
    return any(_outputs(definition, {file}))


def document_history(
    aws: EnvironmentClients, pipeline: str, limit: int, *, files: Collection[str], what: str
) -> tuple[Definition, list[DocumentRun]]:
    """Return the definition of a pipeline and its newest runs.

    Raises `OperationError` if no step of the pipeline writes the first of the files, in which it
    measures `what`.
    """
    described = aws.clients("sagemaker").describe_pipeline(PipelineName=pipeline)
    definition = parse(described["PipelineDefinition"])
    file = next(iter(files))
    if not writes(definition, file):
        raise OperationError(
            f"{aws.short(pipeline)} measures no {what}: no step of its definition writes {file}"
        )
    lake = Lake(aws.clients("s3"), lake_bucket(aws), aws.short(pipeline))

    def run(summary: Mapping[str, Any]) -> DocumentRun:
        arn = summary["PipelineExecutionArn"]
        return DocumentRun(
            execution_id=arn.rpartition("/")[2],
            started=summary["StartTime"],
            status=summary["PipelineExecutionStatus"],
            documents=dict(_documents(aws, definition, lake, arn, files)),
        )

    with ThreadPoolExecutor(_PARALLEL_READS) as pool:
        return definition, list(pool.map(run, executions(aws, pipeline, limit=limit)))


def _documents(
    aws: EnvironmentClients, definition: Definition, lake: Lake, arn: str, files: Collection[str]
) -> Iterator[tuple[str, Mapping[str, Any]]]:
    steps = started_steps(aws.clients("sagemaker"), arn)
    for name, output, file in _outputs(definition, files):
        if name in steps and steps[name].has_succeeded:
            writer = steps[name].reused_from or arn.rpartition("/")[2]
            for key, document in lake.documents(writer, name, {output}):
                if key.endswith(f"/{file}") and isinstance(document, Mapping):
                    yield file, document


def _outputs(definition: Definition, files: Collection[str]) -> Iterator[tuple[str, str, str]]:
    """Yield step, output and file of the property files with these names."""
    for step in definition.steps.values():
        for each in step.property_files.values():
            if each["FilePath"] in files:
                yield step.name, each["OutputName"], each["FilePath"]
