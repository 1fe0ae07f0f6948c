"""Reads the log lines of a step from CloudWatch Logs."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from operations import OperationError
from operations.environment_clients import EnvironmentClients
from operations.executions.lookup import steps_of
from operations.executions.step_kinds import FunctionLogs, JobLogs, log_source


@dataclass(frozen=True)
class LogLine:
    """A line. `timestamp` is in milliseconds since 1970."""

    timestamp: int
    host: str
    message: str


def read_step_logs(aws: EnvironmentClients, execution_arn: str, step_name: str) -> list[LogLine]:
    """Return the log lines of a step's latest attempt, one host after the other.

    Raises `OperationError` if the step has not started or has no logs.
    """
    steps = {step["StepName"]: step for step in steps_of(aws, execution_arn)}
    if step_name not in steps:
        started = ", ".join(steps) or "none"
        raise OperationError(
            f"The execution has not started a step {step_name!r}. Started steps: {started}."
        )
    step = steps[step_name]
    source = log_source(step.get("Metadata", {}))
    if source is None:
        raise OperationError(_no_logs(step))
    if isinstance(source, FunctionLogs):
        return list(_of_function(aws, source, step))
    return list(_of_job(aws.clients("logs"), source))


def _no_logs(step: dict[str, Any]) -> str:
    # The metadata of a step whose request was rejected do not name a job.
    if not step.get("Metadata") and "FailureReason" in step:
        reason = step["FailureReason"]
        return f"The step {step['StepName']} started no job, so it has no logs: {reason}"
    return f"The step {step['StepName']} runs no job, so it has no logs."


def _of_job(logs: Any, source: JobLogs) -> Iterator[LogLine]:
    try:
        pages = logs.get_paginator("describe_log_streams").paginate(
            logGroupName=source.group, logStreamNamePrefix=source.stream_prefix
        )
        streams = [entry["logStreamName"] for page in pages for entry in page["logStreams"]]
    except logs.exceptions.ResourceNotFoundException:
        streams = []
    for stream in streams:
        # Streams of processing and training jobs are `<job>/<host>-<time>`, those of transform jobs
        # `<job>/<instance>` and `<job>/data-log`.
        host = re.sub(r"-\d{10}$", "", stream.rpartition("/")[2])
        yield from _events(logs, host, logGroupName=source.group, logStreamNames=[stream])


def _of_function(
    aws: EnvironmentClients, source: FunctionLogs, step: dict[str, Any]
) -> Iterator[LogLine]:
    """Yield the lines that the function wrote while the step ran."""
    function = aws.clients("lambda").get_function_configuration(FunctionName=source.function_arn)
    name = function["FunctionName"]
    group = function.get("LoggingConfig", {}).get("LogGroup", f"/aws/lambda/{name}")
    span = {"startTime": _milliseconds(step["StartTime"])}
    if "EndTime" in step:
        span["endTime"] = _milliseconds(step["EndTime"]) + 1
    logs = aws.clients("logs")
    try:
        yield from _events(logs, name, logGroupName=group, **span)
    except logs.exceptions.ResourceNotFoundException:
        return


def _events(logs: Any, host: str, **where: Any) -> Iterator[LogLine]:
    for page in logs.get_paginator("filter_log_events").paginate(**where):
        for event in page["events"]:
            yield LogLine(event["timestamp"], host, event["message"])


def _milliseconds(moment: Any) -> int:
    return int(moment.timestamp() * 1000)
