"""Runs one attempt of a step and maps errors to the exception types of retry policies."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError, ParamValidationError

from local_cloud.sagemaker.pipelines import retry_policies
from local_cloud.sagemaker.pipelines.step_context import StepContext, StepFailed
from local_cloud.sagemaker.pipelines.steps import executors


def attempt(context: StepContext) -> Mapping[str, Any]:
    """Run the step. Raises `StepFailed` with the exception type of a failed call."""
    try:
        return executors()[context.step.type].run(context).properties
    except ParamValidationError as error:
        raise StepFailed(f"ClientError: {error}") from error
    except ClientError as error:
        raise StepFailed(
            f"ClientError: {error}", retry_policies.type_of_client_error(error)
        ) from error
    except BotoCoreError as error:
        reason = f"InternalServerError: {error}"
        raise StepFailed(reason, retry_policies.type_of_no_answer(error)) from error
