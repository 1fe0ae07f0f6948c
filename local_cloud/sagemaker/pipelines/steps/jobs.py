"""Processing, Training and Transform steps: a job of the service each."""

from __future__ import annotations

from typing import Any

from local_cloud.sagemaker.pipelines.retry_policies import type_of_job_failure
from local_cloud.sagemaker.pipelines.steps.step_context import (
    StepContext,
    StepFailed,
    StepResult,
    StepStopped,
    create_once,
)


def run_processing(context: StepContext) -> StepResult:
    """Run a processing job to its end."""
    return _run_job(context, "Processing")


def run_training(context: StepContext) -> StepResult:
    """Run a training job to its end."""
    return _run_job(context, "Training")


def run_transform(context: StepContext) -> StepResult:
    """Run a transform job to its end."""
    return _run_job(context, "Transform")


def _run_job(context: StepContext, kind: str) -> StepResult:
    name, job = {f"{kind}JobName": context.name}, f"{kind.lower()}_job"
    reader = context.reader("sagemaker")
    describe, stop = (getattr(reader, f"{verb}_{job}") for verb in ("describe", "stop"))
    create = getattr(context.client("sagemaker"), f"create_{job}")
    create_once(create, **name, **context.tagged())
    arn = describe(**name)[f"{kind}JobArn"]
    context.report({f"{kind}Job": {"Arn": arn}})
    context.stop_signal.on_request(lambda: stop(**name))
    context.wait_for_job(arn)
    return _result(describe(**name), kind, context)


def _result(description: dict[str, Any], kind: str, context: StepContext) -> StepResult:
    status = description[f"{kind}JobStatus"]
    reason = description.get("FailureReason", "")
    if status == "Completed":
        return StepResult(description)
    if status == "Stopped" and context.stop_signal.requested.is_set():
        raise StepStopped
    if status == "Stopped":
        raise StepFailed(reason or f"ClientError: The {kind} job was stopped from outside.")
    raise StepFailed(reason, type_of_job_failure(reason))
