"""Reads the log lines of a step from CloudWatch Logs."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from execution_reader.execution import started_steps
from execution_reader.started_step import StartedStep
from execution_reader.step_kinds import FunctionLogs, JobLogs, log_source, log_streams
from operations import OperationError
from operations.environment_clients import EnvironmentClients

# Type of a step of EMR -> where its logs are, unless its metadata name the place.
_OF_EMR = {
    "EMR": "the LogUri of its cluster, below <cluster>/steps/<step>/",
    "EMRServerless": "the store of EMR Serverless, which its console shows",
}


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
    steps = started_steps(aws.clients("sagemaker"), execution_arn)
    if step_name not in steps:
        started = ", ".join(steps) or "none"
        raise OperationError(
            f"The execution has not started a step {step_name!r}. Started steps: {started}."
        )
    step = steps[step_name]
    source = log_source(step.metadata)
    if source is None:
        raise OperationError(_no_logs(step))
    if isinstance(source, FunctionLogs):
        return list(_of_function(aws, source, step))
    return list(_of_job(aws.clients("logs"), source))


def _no_logs(step: StartedStep) -> str:
    # The metadata of a step whose request was rejected do not name a job.
    if not step.metadata and step.reason:
        return f"The step {step.name} started no job, so it has no logs: {step.reason}"
    for kind, place in _OF_EMR.items():
        if kind in step.metadata:
            where = step.metadata[kind].get("LogFilePath") or place
            return f"The log of the step {step.name} is not in CloudWatch Logs: it is in {where}."
    return f"The step {step.name} runs no job, so it has no logs."


def _of_job(logs: Any, source: JobLogs) -> Iterator[LogLine]:
    for stream in log_streams(logs, source):
        # Streams of processing and training jobs are `<job>/<host>-<time>`, those of transform jobs
        # `<job>/<instance>` and `<job>/data-log`.
        host = re.sub(r"-\d{10}$", "", stream.rpartition("/")[2])
        yield from _events(logs, host, logGroupName=source.group, logStreamNames=[stream])


def _of_function(
    aws: EnvironmentClients, source: FunctionLogs, step: StartedStep
) -> Iterator[LogLine]:
    """Yield the lines that the function wrote while the step ran."""
    function = aws.clients("lambda").get_function_configuration(FunctionName=source.function_arn)
    name = function["FunctionName"]
    group = function.get("LoggingConfig", {}).get("LogGroup", f"/aws/lambda/{name}")
    span = {}
    if step.started:
        span["startTime"] = _milliseconds(step.started)
    if step.ended:
        span["endTime"] = _milliseconds(step.ended) + 1
    logs = aws.clients("logs")
    try:
        yield from _events(logs, name, logGroupName=group, **span)
    except logs.exceptions.ResourceNotFoundException:
        return


def _events(logs: Any, host: str, **where: Any) -> Iterator[LogLine]:
    for page in logs.get_paginator("filter_log_events").paginate(**where):
        for event in page["events"]:
            yield LogLine(event["timestamp"], host, event["message"])


def _milliseconds(moment: datetime) -> int:
    return int(moment.timestamp() * 1000)
