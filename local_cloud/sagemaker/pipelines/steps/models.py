"""Model and RegisterModel steps."""

from __future__ import annotations

import uuid

from local_cloud.sagemaker.pipelines.steps.step_context import StepContext, StepResult, create_once


def run_model(context: StepContext) -> StepResult:
    """Create a model."""
    create = context.client("sagemaker").create_model
    create_once(create, ModelName=context.name, **context.tagged())
    described = context.reader("sagemaker").describe_model(ModelName=context.name)
    context.report({"Model": {"Arn": described["ModelArn"]}})
    return StepResult(described)


def run_register_model(context: StepContext) -> StepResult:
    """Create a version in a model package group."""
    client = context.client("sagemaker")
    # The same for every attempt: one whose answer was lost has registered the version.
    token = str(uuid.uuid5(uuid.NAMESPACE_URL, context.name))
    # A version of a group takes no tags of its own.
    made = client.create_model_package(**{"ClientToken": token, **context.arguments})
    arn = made["ModelPackageArn"]
    context.report({"RegisterModel": {"Arn": arn}})
    return StepResult(context.reader("sagemaker").describe_model_package(ModelPackageName=arn))
