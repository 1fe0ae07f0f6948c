"""Fail steps."""

from __future__ import annotations

from typing import NoReturn

from local_cloud.sagemaker.pipelines.expressions import as_text
from local_cloud.sagemaker.pipelines.steps.step_context import StepContext, StepFailed


def run_fail(context: StepContext) -> NoReturn:
    """Fail with the step's own message."""
    message = as_text(context.arguments["ErrorMessage"])
    context.report({"Fail": {"ErrorMessage": message}})
    raise StepFailed(message)
