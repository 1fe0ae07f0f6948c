"""`start --from STEP`: selects the steps, and the earlier execution whose results they use."""

from __future__ import annotations

from typing import Any

from execution_reader.definition import parse
from execution_reader.execution import started_steps
from operations import OperationError
from operations.environment_clients import EnvironmentClients
from operations.executions.lookup import executions, find_execution

# The number of executions, the newest first, in which the results are searched.
_MOST_EXECUTIONS = 100


def selection_from(
    aws: EnvironmentClients, pipeline: str, first_step: str, *, source: str | None
) -> dict[str, Any]:
    """Return a SelectiveExecutionConfig of a step and all steps that depend on it.

    `source` is the earlier execution. The default is the newest execution with the results of all
    steps on which the selection depends. Raises `OperationError` if there is no such execution.
    """
    described = aws.clients("sagemaker").describe_pipeline(PipelineName=pipeline)
    definition = parse(described["PipelineDefinition"])
    if first_step not in definition.steps:
        raise OperationError(
            f"{pipeline} has no step {first_step!r}; it has: {', '.join(definition.steps)}."
        )
    selected = definition.from_step(first_step)
    config: dict[str, Any] = {"SelectedSteps": [{"StepName": name} for name in selected]}
    dependencies = definition.needed_by(set(selected))
    if source:
        config["SourcePipelineExecutionArn"] = find_execution(aws, source)
    elif dependencies:
        config["SourcePipelineExecutionArn"] = _newest_with(aws, pipeline, dependencies)
    return config


def _newest_with(aws: EnvironmentClients, pipeline: str, dependencies: set[str]) -> str:
    for execution in executions(aws, pipeline, limit=_MOST_EXECUTIONS):
        arn: str = execution["PipelineExecutionArn"]
        steps = started_steps(aws.clients("sagemaker"), arn).values()
        if dependencies <= {step.name for step in steps if step.has_succeeded}:
            return arn
    raise OperationError(
        f"There is no execution of {pipeline} among the last {_MOST_EXECUTIONS} in which all of "
        f"these steps succeeded: {', '.join(sorted(dependencies))}. Start the whole pipeline first."
    )
