"""Fail steps: each fails with the ErrorMessage of the definition."""

from __future__ import annotations

from typing import NoReturn

from local_cloud.sagemaker.pipelines.expressions import as_text
from local_cloud.sagemaker.pipelines.step_context import StepContext, StepFailed
from local_cloud.sagemaker.pipelines.step_executor import StepExecutor


def _run(context: StepContext) -> NoReturn:
    message = as_text(context.arguments.get("ErrorMessage", ""))
    context.report({"Fail": {"ErrorMessage": message}})
    raise StepFailed(message)


EXECUTOR = StepExecutor(type="Fail", run=_run)
