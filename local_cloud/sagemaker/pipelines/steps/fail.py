"""Fail steps: they fail with the ErrorMessage of the definition."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NoReturn

from local_cloud.sagemaker.pipelines.definition_model import Step
from local_cloud.sagemaker.pipelines.expressions import as_text
from local_cloud.sagemaker.pipelines.step_context import StepContext, StepFailed
from local_cloud.sagemaker.pipelines.step_executor import StepExecutor


def _run(context: StepContext) -> NoReturn:
    message = as_text(context.arguments["ErrorMessage"])
    context.report({"Fail": {"ErrorMessage": message}})
    raise StepFailed(message)


def _findings(step: Step) -> Iterator[str]:
    if set(step.arguments) != {"ErrorMessage"}:
        yield "a Fail step has exactly one argument, ErrorMessage."


EXECUTOR = StepExecutor(type="Fail", metadata_key="Fail", run=_run, findings=_findings)
