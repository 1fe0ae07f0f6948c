"""`start --from STEP`: which steps that selects, and which earlier execution it builds on."""

from __future__ import annotations

from typing import Any

from local_cloud.errors import LocalCloudError
from local_cloud.sagemaker.lookup import executions, find_execution, steps_of
from local_cloud.sagemaker.plan import make_plan
from local_cloud.sagemaker.selection import needed_from_source, steps_from


def selection_from(
    client: Any, pipeline: str, first_step: str, *, source: str | None
) -> dict[str, Any]:
    """A SelectiveExecutionConfig of a step and everything after it.

    `source` names the earlier execution; by default it is the newest in which every step that the
    selection builds on succeeded. Raises `LocalCloudError` when there is none.
    """
    plan = make_plan(client.describe_pipeline(PipelineName=pipeline)["PipelineDefinition"])
    if first_step not in plan.steps:
        raise LocalCloudError(
            f"{pipeline} has no step {first_step!r}; it has: {', '.join(plan.steps)}."
        )
    selected = steps_from(plan, first_step)
    config: dict[str, Any] = {"SelectedSteps": [{"StepName": name} for name in selected]}
    needed = needed_from_source(plan, set(selected))
    if source:
        config["SourcePipelineExecutionArn"] = find_execution(client, source)
    elif needed:
        config["SourcePipelineExecutionArn"] = _newest_with(client, pipeline, needed)
    return config


def _newest_with(client: Any, pipeline: str, needed: set[str]) -> str:
    for execution in executions(client, pipeline):
        arn: str = execution["PipelineExecutionArn"]
        steps = steps_of(client, arn)
        if needed <= {step["StepName"] for step in steps if step["StepStatus"] == "Succeeded"}:
            return arn
    raise LocalCloudError(
        f"In no execution of {pipeline} did all of these steps succeed: "
        f"{', '.join(sorted(needed))}. Start the whole pipeline first."
    )
