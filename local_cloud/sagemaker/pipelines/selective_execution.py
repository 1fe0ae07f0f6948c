"""SelectiveExecutionConfig: runs some steps with the results of an earlier execution."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from local_cloud.sagemaker.exceptions import ValidationFailed
from local_cloud.sagemaker.pipelines.definition_model import Plan
from local_cloud.sagemaker.pipelines.execution_record import Selection


def selection_of(plan: Plan, request: Mapping[str, Any]) -> Selection | None:
    """Return the selection of a StartPipelineExecution request. Raises `ValidationFailed`."""
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
    dependencies = sorted(source_dependencies(plan, set(names)))
    if dependencies and selection.source_arn is None:
        raise ValidationFailed(
            f"The selected steps depend on {dependencies}: SourcePipelineExecutionArn must name an "
            "execution with their results."
        )
    return selection


def source_dependencies(plan: Plan, selected: set[str]) -> set[str]:
    """Return the steps that are not selected, but whose results the selected steps use."""
    return {
        dependency for name in selected for dependency in plan.steps[name].dependencies
    } - selected
