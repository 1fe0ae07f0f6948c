"""Model steps: each calls CreateModel."""

from __future__ import annotations

from typing import Any

from local_cloud.sagemaker.pipelines.step_context import StepContext, StepResult, create_once
from local_cloud.sagemaker.pipelines.step_executor import StepExecutor


def _run(context: StepContext) -> StepResult:
    create = context.client("sagemaker").create_model
    create_once(create, ModelName=context.name, **context.tagged())
    described = _describe(context.reader("sagemaker"), context.name)
    context.report({"Model": {"Arn": described["ModelArn"]}})
    return StepResult(described)


def _describe(client: Any, name_or_arn: str) -> dict[str, Any]:
    described: dict[str, Any] = client.describe_model(ModelName=name_or_arn.rpartition("/")[2])
    return described


EXECUTOR = StepExecutor(
    type="Model",
    metadata_key="Model",
    run=_run,
    name_argument="ModelName",
    describe=_describe,
)
