"""RegisterModel steps: each calls CreateModelPackage for a version in a model package group."""

from __future__ import annotations

import uuid

from local_cloud.sagemaker.pipelines.step_context import StepContext, StepResult
from local_cloud.sagemaker.pipelines.step_executor import StepExecutor


def _run(context: StepContext) -> StepResult:
    client = context.client("sagemaker")
    # All attempts use the same token, because an attempt whose response was lost may have created
    # the version.
    token = str(uuid.uuid5(uuid.NAMESPACE_URL, context.name))
    # The version has no tags: a version in a group cannot have its own tags.
    created = client.create_model_package(**{"ClientToken": token, **context.arguments})
    arn = created["ModelPackageArn"]
    context.report({"RegisterModel": {"Arn": arn}})
    return StepResult(context.reader("sagemaker").describe_model_package(ModelPackageName=arn))


EXECUTOR = StepExecutor(
    type="RegisterModel",
    run=_run,
)
