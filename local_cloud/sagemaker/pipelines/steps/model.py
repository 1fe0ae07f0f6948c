"""Model steps: each calls CreateModel."""

from __future__ import annotations

from local_cloud.sagemaker.pipelines.step_context import StepContext, StepResult, create_once
from local_cloud.sagemaker.pipelines.step_executor import StepExecutor


def _run(context: StepContext) -> StepResult:
    create = context.client("sagemaker").create_model
    create_once(create, ModelName=context.name, **context.tagged())
    described = context.reader("sagemaker").describe_model(ModelName=context.name)
    context.report({"Model": {"Arn": described["ModelArn"]}})
    return StepResult(described)


EXECUTOR = StepExecutor(
    type="Model",
    run=_run,
    name_argument="ModelName",
)
