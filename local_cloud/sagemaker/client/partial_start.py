"""`start --from STEP`: selects the steps, and the earlier execution whose results they use."""

from __future__ import annotations

from typing import Any

from local_cloud.errors import LocalCloudError
from local_cloud.sagemaker.client.name_lookup import executions, find_execution, steps_of
from local_cloud.sagemaker.pipelines.plan import make_plan
from local_cloud.sagemaker.pipelines.selective_execution import source_dependencies, steps_from


def selection_from(
    client: Any, pipeline: str, first_step: str, *, source: str | None
) -> dict[str, Any]:
    """Return a SelectiveExecutionConfig of a step and all steps that depend on it.

    `source` is the earlier execution. The default is the newest execution with the results of all
    steps on which the selection depends. Raises `LocalCloudError` if there is no such execution.
    """
    plan = make_plan(client.describe_pipeline(PipelineName=pipeline)["PipelineDefinition"])
    if first_step not in plan.steps:
        raise LocalCloudError(
            f"{pipeline} has no step {first_step!r}; it has: {', '.join(plan.steps)}."
        )
    selected = steps_from(plan, first_step)
    config: dict[str, Any] = {"SelectedSteps": [{"StepName": name} for name in selected]}
    dependencies = source_dependencies(plan, set(selected))
    if source:
        config["SourcePipelineExecutionArn"] = find_execution(client, source)
    elif dependencies:
        config["SourcePipelineExecutionArn"] = _newest_with(client, pipeline, dependencies)
    return config


def _newest_with(client: Any, pipeline: str, dependencies: set[str]) -> str:
    for execution in executions(client, pipeline):
        arn: str = execution["PipelineExecutionArn"]
        steps = steps_of(client, arn)
        if dependencies <= {
            step["StepName"] for step in steps if step["StepStatus"] == "Succeeded"
        }:
            return arn
    raise LocalCloudError(
        f"There is no execution of {pipeline} in which all of these steps succeeded: "
        f"{', '.join(sorted(dependencies))}. Start the whole pipeline first."
    )
