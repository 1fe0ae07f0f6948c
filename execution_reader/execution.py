"""An execution of a pipeline, as SageMaker describes it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from execution_reader.definition import Definition, parse
from execution_reader.started_step import StartedStep

# The statuses of executions and steps that have not ended.
RUNNING = frozenset({"Starting", "Executing", "Stopping"})


@dataclass(frozen=True)
class ChangedParameter:
    """A parameter whose value is not the default of the definition."""

    name: str
    value: str
    default: Any


@dataclass(frozen=True)
class Execution:
    """An execution: its description, its definition, its parameters as text, and its started steps.

    The steps are in the order in which they started.
    """

    arn: str
    described: Mapping[str, Any]
    definition: Definition
    parameters: Mapping[str, str]
    started: Mapping[str, StartedStep]

    @classmethod
    def read(cls, sagemaker: Any, arn: str) -> Execution:
        """Read the current state of an execution."""
        described = sagemaker.describe_pipeline_execution(PipelineExecutionArn=arn)
        answer = sagemaker.describe_pipeline_definition_for_execution(PipelineExecutionArn=arn)
        parameters = _pages(
            sagemaker, "list_pipeline_parameters_for_execution", "PipelineParameters", arn
        )
        return cls(
            arn,
            described,
            parse(answer["PipelineDefinition"]),
            {each["Name"]: each["Value"] for each in parameters},
            started_steps(sagemaker, arn),
        )

    @property
    def id(self) -> str:
        """The ID of the execution."""
        return self.arn.rpartition("/")[2]

    @property
    def pipeline(self) -> str:
        """The name of the pipeline."""
        return pipeline_of(self.arn)

    @property
    def status(self) -> str:
        """The status of the execution."""
        return str(self.described["PipelineExecutionStatus"])

    @property
    def start(self) -> datetime:
        """When the execution was started."""
        start: datetime = self.described["CreationTime"]
        return start

    @property
    def end(self) -> datetime | None:
        """When the execution ended; None while it runs."""
        return None if self.status in RUNNING else self.described["LastModifiedTime"]

    def has_succeeded(self, step: str) -> bool:
        """Return whether a step has started and succeeded."""
        return step in self.started and self.started[step].has_succeeded

    def writer_of(self, step: str) -> str:
        """Return the ID of the execution that wrote the outputs of a started step.

        It is an earlier one if the step reused a result.
        """
        return self.started[step].reused_from or self.id

    def changed_parameters(self) -> Iterator[ChangedParameter]:
        """Yield the parameters that differ from their defaults."""
        defaults = self.definition.defaults()
        for name, value in self.parameters.items():
            default = defaults.get(name)
            if name in self.definition.parameters and self.definition.typed(name, value) != default:
                yield ChangedParameter(name, value, default)


def started_steps(sagemaker: Any, execution_arn: str) -> dict[str, StartedStep]:
    """Return the started steps of an execution, by name, in the order in which they started."""
    entries = _pages(
        sagemaker,
        "list_pipeline_execution_steps",
        "PipelineExecutionSteps",
        execution_arn,
        SortOrder="Ascending",
    )
    return {step.name: step for step in map(StartedStep.of, entries)}


def pipeline_of(execution_arn: str) -> str:
    """Return the pipeline's name from `…:pipeline/<name>/execution/<id>`."""
    return execution_arn.split("/")[1]


def _pages(
    sagemaker: Any, operation: str, member: str, execution_arn: str, **request: Any
) -> Iterator[Mapping[str, Any]]:
    paginator = sagemaker.get_paginator(operation)
    for page in paginator.paginate(PipelineExecutionArn=execution_arn, **request):
        yield from page[member]
