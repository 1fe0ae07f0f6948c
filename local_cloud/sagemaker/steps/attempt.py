"""One attempt at a step, with what fails in the words of retry policies."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError, ParamValidationError

from local_cloud.sagemaker import retries
from local_cloud.sagemaker.steps import EXECUTORS
from local_cloud.sagemaker.steps.context import StepContext, StepFailed


def attempt(context: StepContext) -> Mapping[str, Any]:
    """The step's properties; a call that fails becomes `StepFailed` with its exception type."""
    try:
        return EXECUTORS[context.step.type](context).properties
    except ParamValidationError as error:
        raise StepFailed(f"ClientError: {error}") from error
    except ClientError as error:
        raise StepFailed(f"ClientError: {error}", retries.type_of_client_error(error)) from error
    except BotoCoreError as error:
        reason = f"InternalServerError: {error}"
        raise StepFailed(reason, retries.type_of_no_answer(error)) from error
