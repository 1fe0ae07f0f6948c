"""The common part of steps that run a job: Processing, Training and Transform steps."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from functools import partial
from typing import Any

from local_cloud.sagemaker.jobs.job_kinds import JobKind
from local_cloud.sagemaker.pipelines.retry_policies import type_of_job_failure
from local_cloud.sagemaker.pipelines.step_context import (
    StepContext,
    StepFailed,
    StepResult,
    StepStopped,
    create_once,
)
from local_cloud.sagemaker.pipelines.step_executor import LogSource, StepExecutor


def job_executor(
    kind: JobKind,
    *,
    findings: Callable[[Mapping[str, Any]], Iterable[str]],
    cache_key_attributes: tuple[str, ...] = (),
) -> StepExecutor:
    """Return the executor of steps that run a job. `findings` checks the request of the job."""
    return StepExecutor(
        type=kind.name,
        metadata_key=f"{kind.name}Job",
        run=partial(_run, kind.name),
        findings=lambda step: findings(step.arguments),
        name_argument=f"{kind.name}JobName",
        cache_key_attributes=cache_key_attributes,
        describe=lambda client, arn: _describe(client, kind.name, arn.rpartition("/")[2]),
        logs=lambda arn: LogSource(kind.log_group, f"{arn.rpartition('/')[2]}/"),
    )


def _run(kind: str, context: StepContext) -> StepResult:
    """Run a job and wait until it has ended."""
    name, job = {f"{kind}JobName": context.name}, f"{kind.lower()}_job"
    reader = context.reader("sagemaker")
    create = getattr(context.client("sagemaker"), f"create_{job}")
    create_once(create, **name, **context.tagged())
    arn = _describe(reader, kind, context.name)[f"{kind}JobArn"]
    context.report({f"{kind}Job": {"Arn": arn}})
    context.stop_signal.on_request(lambda: getattr(reader, f"stop_{job}")(**name))
    context.wait_for_job(arn)
    return _result(_describe(reader, kind, context.name), kind, context)


def _describe(client: Any, kind: str, name: str) -> dict[str, Any]:
    described: dict[str, Any] = getattr(client, f"describe_{kind.lower()}_job")(
        **{f"{kind}JobName": name}
    )
    return described


def _result(description: dict[str, Any], kind: str, context: StepContext) -> StepResult:
    status = description[f"{kind}JobStatus"]
    reason = description.get("FailureReason", "")
    if status == "Completed":
        return StepResult(description)
    if status == "Stopped" and context.stop_signal.requested.is_set():
        raise StepStopped
    if status == "Stopped":
        raise StepFailed(reason or f"ClientError: Another caller stopped the {kind} job.")
    raise StepFailed(reason, type_of_job_failure(reason))
