"""The common part of steps that run a job, such as Processing, Training and Tuning steps."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from functools import partial
from typing import Any

from local_cloud.sagemaker.jobs.job_kinds import AUTOML, TUNING, JobKind
from local_cloud.sagemaker.pipelines.retry_policies import type_of_job_failure
from local_cloud.sagemaker.pipelines.step_context import (
    StepContext,
    StepFailed,
    StepResult,
    StepStopped,
    create_once,
)
from local_cloud.sagemaker.pipelines.step_executor import StepExecutor

# Adds to the Describe response of a job the further properties of its step.
Properties = Callable[[Any, dict[str, Any]], dict[str, Any]]


def _as_described(_client: Any, description: dict[str, Any]) -> dict[str, Any]:
    return description


def job_executor(
    kind: JobKind,
    *,
    findings: Callable[[Mapping[str, Any]], Iterable[str]],
    cache_key_attributes: tuple[str, ...] = (),
    metadata_key: str = "",
    properties: Properties = _as_described,
) -> StepExecutor:
    """Return the executor of steps that run a job. `findings` checks the request of the job."""
    key = metadata_key or f"{kind.name}Job"
    return StepExecutor(
        type=kind.step_type,
        run=partial(_run, kind, key, properties),
        findings=lambda step: findings(step.arguments),
        name_argument=f"{kind.name}JobName",
        longest_prefix=_longest_prefix(kind),
        cache_key_attributes=cache_key_attributes,
    )


def _longest_prefix(kind: JobKind) -> int:
    """Return the length that the service allows for the prefix of a job's name.

    Source: https://docs.aws.amazon.com/sagemaker/latest/dg/build-and-manage-access.html
    """
    return 6 if kind in (TUNING, AUTOML) else StepExecutor.longest_prefix


def _run(kind: JobKind, key: str, properties: Properties, context: StepContext) -> StepResult:
    description = run_job(kind, context, created=lambda arn: context.report({key: {"Arn": arn}}))
    return StepResult(properties(context.reader("sagemaker"), description))


def run_job(
    kind: JobKind, context: StepContext, *, created: Callable[[str], None]
) -> dict[str, Any]:
    """Run a job and wait until it has ended. Return its description.

    `created(arn)` is called as soon as the job exists. Raises `StepFailed` and `StepStopped`.
    """
    job_name = kind.shortened(context.name)
    name = {f"{kind.name}JobName": job_name}
    reader = context.reader("sagemaker")
    create = getattr(context.client("sagemaker"), f"create_{kind.operation}")
    create_once(create, **name, **context.tagged())
    arn = _describe(reader, kind, job_name)[f"{kind.name}JobArn"]
    created(arn)
    context.stop_signal.on_request(lambda: getattr(reader, f"stop_{kind.operation}")(**name))
    context.wait_for_job(arn)
    description = _describe(reader, kind, job_name)
    _require_completed(description, kind, context)
    return description


def _describe(client: Any, kind: JobKind, name: str) -> dict[str, Any]:
    described: dict[str, Any] = getattr(client, f"describe_{kind.operation}")(
        **{f"{kind.name}JobName": name}
    )
    return described


def _require_completed(description: Mapping[str, Any], kind: JobKind, context: StepContext) -> None:
    status = description[f"{kind.name}JobStatus"]
    reason = description.get("FailureReason", "")
    if status == "Completed":
        return
    if status == "Stopped" and context.stop_signal.requested.is_set():
        raise StepStopped
    if status == "Stopped":
        raise StepFailed(reason or f"ClientError: Another caller stopped the {kind.name} job.")
    raise StepFailed(reason, type_of_job_failure(reason))
