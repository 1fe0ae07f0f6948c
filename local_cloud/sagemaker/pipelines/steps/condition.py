"""Condition steps."""

from __future__ import annotations

from local_cloud.sagemaker.pipelines.conditions import all_hold
from local_cloud.sagemaker.pipelines.steps.step_context import StepContext, StepResult


def run_condition(context: StepContext) -> StepResult:
    """Compare; the outcome decides which branch is ready next."""
    conditions = context.step.arguments["Conditions"]
    outcome = str(all_hold(conditions, context.evaluate))
    context.report({"Condition": {"Outcome": outcome}})
    return StepResult({"Outcome": outcome})
