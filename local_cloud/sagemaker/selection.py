"""SelectiveExecutionConfig: a part of a pipeline, on the results of an earlier execution."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from local_cloud.sagemaker.errors import ValidationFailed
from local_cloud.sagemaker.execution import Selection
from local_cloud.sagemaker.model import Plan


def selection_of(plan: Plan, request: Mapping[str, Any]) -> Selection | None:
    """What a StartPipelineExecution request selects; raises `ValidationFailed`."""
    config = request.get("SelectiveExecutionConfig")
    if not config:
        return None
    names = tuple(entry["StepName"] for entry in config["SelectedSteps"])
    unknown = [name for name in names if name not in plan.steps]
    if unknown:
        raise ValidationFailed(
            f"The selected steps {unknown} are not in the pipeline; it has {list(plan.steps)}."
        )
    selection = Selection(names, config.get("SourcePipelineExecutionArn"))
    needed = sorted(needed_from_source(plan, set(names)))
    if needed and selection.source_arn is None:
        raise ValidationFailed(
            f"The selected steps depend on {needed}: SourcePipelineExecutionArn must name an "
            "execution to take them from."
        )
    return selection


def steps_from(plan: Plan, first_step: str) -> list[str]:
    """The step and all that wait for it, at once or by way of others, in the plan's order."""
    found = {first_step}
    while more := {name for name, step in plan.steps.items() if step.needs & found} - found:
        found |= more
    return [name for name in plan.steps if name in found]


def needed_from_source(plan: Plan, selected: set[str]) -> set[str]:
    """The steps outside of a selection whose results it uses."""
    return {need for name in selected for need in plan.steps[name].needs} - selected
