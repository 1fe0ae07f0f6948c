"""Condition steps: the outcome determines which nested steps run."""

from __future__ import annotations

from collections.abc import Sequence

from local_cloud.sagemaker.pipelines.conditions import Condition, all_hold
from local_cloud.sagemaker.pipelines.definition_model import Step
from local_cloud.sagemaker.pipelines.step_context import StepContext, StepResult
from local_cloud.sagemaker.pipelines.step_executor import StepExecutor


def _run(context: StepContext) -> StepResult:
    # Conditions are evaluated in order, until one is false.
    outcome = str(all_hold(_conditions(context.step), context.evaluate))
    context.report({"Condition": {"Outcome": outcome}})
    return StepResult({"Outcome": outcome})


def _conditions(step: Step) -> Sequence[Condition]:
    given: Sequence[Condition] = step.arguments.get("Conditions", [])
    return given


EXECUTOR = StepExecutor(
    type="Condition",
    run=_run,
    branches={"IfSteps": True, "ElseSteps": False},
    evaluates_arguments=True,
)
