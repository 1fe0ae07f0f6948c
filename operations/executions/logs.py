"""Reads the log lines of a step from CloudWatch Logs."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from execution_reader.execution import started_steps
from execution_reader.started_step import StartedStep
from execution_reader.step_kinds import LogSource, log_source, log_streams
from operations import OperationError
from operations.environment_clients import EnvironmentClients


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
        raise OperationError(f"The step {step_name!r} has not started. Started steps: {started}.")
    step = steps[step_name]
    source = log_source(step.metadata)
    if source is None:
        raise OperationError(f"The step {step_name} runs no job, so it has no logs.")
    read = _of_span if source.stream_prefix is None else _of_streams
    return list(read(aws.clients("logs"), source, step))


def _of_streams(logs: Any, source: LogSource, _step: StartedStep) -> Iterator[LogLine]:
    for stream in log_streams(logs, source):
        # Streams of processing and training jobs are `<job>/<host>-<time>`, those of transform jobs
        # `<job>/<instance>` and `<job>/data-log`.
        host = re.sub(r"-\d{10}$", "", stream.rpartition("/")[2])
        yield from _events(logs, host, logGroupName=source.group, logStreamNames=[stream])


def _of_span(logs: Any, source: LogSource, step: StartedStep) -> Iterator[LogLine]:
    span = {}
    if step.started:
        span["startTime"] = _milliseconds(step.started)
    if step.ended:
        span["endTime"] = _milliseconds(step.ended) + 1
    name = source.group.rpartition("/")[2]
    yield from _events(logs, name, logGroupName=source.group, **span)


def _events(logs: Any, host: str, **where: Any) -> Iterator[LogLine]:
    for page in logs.get_paginator("filter_log_events").paginate(**where):
        for event in page["events"]:
            yield LogLine(event["timestamp"], host, event["message"])


def _milliseconds(moment: datetime) -> int:
    return int(moment.timestamp() * 1000)
