"""Model and RegisterModel steps."""

from __future__ import annotations

from local_cloud.sagemaker.steps.context import StepContext, StepResult


def run_model(context: StepContext) -> StepResult:
    """Create a model."""
    client = context.client("sagemaker")
    name = context.unique_name()
    arn = client.create_model(ModelName=name, **context.tagged())["ModelArn"]
    context.report({"Model": {"Arn": arn}})
    return StepResult(client.describe_model(ModelName=name))


def run_register_model(context: StepContext) -> StepResult:
    """Create a version in a model package group."""
    client = context.client("sagemaker")
    # A version of a group takes no tags of its own.
    arn = client.create_model_package(**context.arguments)["ModelPackageArn"]
    context.report({"RegisterModel": {"Arn": arn}})
    return StepResult(client.describe_model_package(ModelPackageName=arn))
