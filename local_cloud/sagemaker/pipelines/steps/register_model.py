"""RegisterModel steps: CreateModelPackage, a version in a model package group."""

from __future__ import annotations

import uuid
from typing import Any

from local_cloud.sagemaker.pipelines.step_context import StepContext, StepResult
from local_cloud.sagemaker.pipelines.step_executor import StepExecutor


def _run(context: StepContext) -> StepResult:
    client = context.client("sagemaker")
    # The same for every attempt: one whose answer was lost has registered the version.
    token = str(uuid.uuid5(uuid.NAMESPACE_URL, context.name))
    # A version of a group takes no tags of its own.
    created = client.create_model_package(**{"ClientToken": token, **context.arguments})
    arn = created["ModelPackageArn"]
    context.report({"RegisterModel": {"Arn": arn}})
    return StepResult(_describe(context.reader("sagemaker"), arn))


def _describe(client: Any, arn: str) -> dict[str, Any]:
    described: dict[str, Any] = client.describe_model_package(ModelPackageName=arn)
    return described


EXECUTOR = StepExecutor(
    type="RegisterModel",
    metadata_key="RegisterModel",
    run=_run,
    retryable=True,
    describe=_describe,
)
