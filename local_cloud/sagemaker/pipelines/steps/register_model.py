"""RegisterModel steps: each calls CreateModelPackage for a version in a model package group."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from typing import Any

from botocore.exceptions import ClientError

from local_cloud.sagemaker.pipelines.step_context import StepContext, StepResult, create_once
from local_cloud.sagemaker.pipelines.step_executor import StepExecutor

_NO_GROUP = "Model Package Group does not exist"


def _run(context: StepContext) -> StepResult:
    # All attempts use the same token, because an attempt whose response was lost may have created
    # the version.
    token = str(uuid.uuid5(uuid.NAMESPACE_URL, context.name))
    # The version has no tags: a version in a group cannot have its own tags.
    arn = _create(context.client("sagemaker"), {"ClientToken": token, **context.arguments})
    context.report({"RegisterModel": {"Arn": arn}})
    return StepResult(context.reader("sagemaker").describe_model_package(ModelPackageName=arn))


def _create(client: Any, request: Mapping[str, Any]) -> str:
    """Create the version, and first its group if it does not exist. Return the version's ARN.

    Source: sagemaker-mlops/tests/integ/workflow/test_pipeline_train_registry.py of
    https://github.com/aws/sagemaker-python-sdk registers to a group that nothing has created.
    """
    try:
        return str(client.create_model_package(**request)["ModelPackageArn"])
    except ClientError as error:
        if _NO_GROUP not in error.response["Error"]["Message"]:
            raise
    create_once(
        client.create_model_package_group, ModelPackageGroupName=request["ModelPackageGroupName"]
    )
    return str(client.create_model_package(**request)["ModelPackageArn"])


EXECUTOR = StepExecutor(
    type="RegisterModel",
    run=_run,
)
