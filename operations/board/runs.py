"""The executions of a pipeline with their reasons, measured values and registered versions."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from execution_reader.definition import Definition, parse
from execution_reader.execution import RUNNING, started_steps
from execution_reader.started_step import StartedStep
from operations.environment_clients import EnvironmentClients
from operations.lake import lake_bucket
from run_report.lake import Lake
from run_report.named_values import named_values

PAGE_SIZE = 20
_PARALLEL_READS = 8
Steps = Mapping[str, StartedStep]


@dataclass(frozen=True, kw_only=True)
class Run:
    """An execution. `values` are those of its property files, `version` is the registered one."""

    execution_id: str
    display_name: str | None
    status: str
    started: datetime
    ended: datetime | None
    reason: str | None
    values: Mapping[str, float]
    version: int | None

    @property
    def seconds(self) -> float | None:
        """The duration; None while it runs."""
        return (self.ended - self.started).total_seconds() if self.ended else None


@dataclass(frozen=True)
class RunPage:
    """Some runs, the newest first, and the token of the next older page."""

    runs: tuple[Run, ...]
    older: str | None


@dataclass(frozen=True)
class _Details:
    reason: str | None
    values: Mapping[str, float]
    version: int | None


class RunReader:
    """Reads pages of executions. What ended executions did is read once."""

    def __init__(self, aws: EnvironmentClients) -> None:
        self._aws = aws
        # A retried execution ends again, at another time.
        self._known: dict[tuple[str, datetime], _Details] = {}

    def definition(self, pipeline: str) -> Definition:
        """Return the deployed definition of a pipeline."""
        described = self._aws.clients("sagemaker").describe_pipeline(PipelineName=pipeline)
        return parse(described["PipelineDefinition"])

    def page(self, pipeline: str, definition: Definition, after: str | None = None) -> RunPage:
        """Return the newest executions of a pipeline, or those after a token."""
        found = self._aws.clients("sagemaker").list_pipeline_executions(
            PipelineName=pipeline,
            SortBy="CreationTime",
            SortOrder="Descending",
            MaxResults=PAGE_SIZE,
            **({"NextToken": after} if after else {}),
        )
        summaries = found["PipelineExecutionSummaries"]
        if not summaries:
            return RunPage((), None)
        lake = Lake(self._aws.clients("s3"), lake_bucket(self._aws), self._aws.short(pipeline))
        with ThreadPoolExecutor(_PARALLEL_READS) as pool:
            runs = pool.map(lambda summary: self._run(summary, definition, lake), summaries)
            return RunPage(tuple(runs), found.get("NextToken"))

    def _run(self, summary: Mapping[str, Any], definition: Definition, lake: Lake) -> Run:
        arn = summary["PipelineExecutionArn"]
        described = self._aws.clients("sagemaker").describe_pipeline_execution(
            PipelineExecutionArn=arn
        )
        status = described["PipelineExecutionStatus"]
        ended = None if status in RUNNING else described["LastModifiedTime"]
        details = self._known.get((arn, ended)) if ended else None
        if details is None:
            details = self._details(arn, definition, lake)
            if ended:
                self._known[arn, ended] = details
        return Run(
            execution_id=arn.rpartition("/")[2],
            display_name=described.get("PipelineExecutionDisplayName"),
            status=status,
            started=described["CreationTime"],
            ended=ended,
            reason=details.reason or described.get("FailureReason"),
            values=details.values,
            version=details.version,
        )

    def _details(self, arn: str, definition: Definition, lake: Lake) -> _Details:
        steps = started_steps(self._aws.clients("sagemaker"), arn)
        reasons = [f"{name}: {step.reason}" for name, step in steps.items() if step.reason]
        packages = (step.metadata.get("RegisterModel", {}).get("Arn") for step in steps.values())
        package = next(filter(None, packages), None)
        return _Details(
            reason="\n".join(reasons) or None,
            values=dict(_values(definition, steps, lake, arn.rpartition("/")[2])),
            version=version_of(package) if package else None,
        )


def version_of(package_arn: str) -> int | None:
    """Return the version in the ARN of a model package; one without a group has none."""
    last = package_arn.rpartition("/")[2]
    return int(last) if last.isdigit() else None


def _values(
    definition: Definition, steps: Steps, lake: Lake, execution_id: str
) -> Iterator[tuple[str, float]]:
    """Yield the values in the property files of the steps that have succeeded."""
    for name, defined in definition.steps.items():
        outputs = {each["OutputName"] for each in defined.property_files.values()}
        files = {each["FilePath"] for each in defined.property_files.values()}
        if outputs and name in steps and steps[name].has_succeeded:
            writer = steps[name].reused_from or execution_id
            for key, document in lake.documents(writer, name, outputs):
                if key.rpartition("/")[2] in files:
                    yield from named_values(document)
