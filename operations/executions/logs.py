"""Reads the log lines of a step from CloudWatch Logs."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from operations import OperationError
from operations.environment_clients import EnvironmentClients
from operations.executions.lookup import steps_of
from operations.executions.step_kinds import LogSource, log_source


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
        raise OperationError(f"The step {step_name!r} has not started. Started steps: {started}.")
    step = steps[step_name]
    source = log_source(step.get("Metadata", {}))
    if source is None:
        raise OperationError(f"The step {step_name} runs no job, so it has no logs.")
    read = _of_span if source.stream_prefix is None else _of_streams
    return list(read(aws.clients("logs"), source, step))


def _of_streams(logs: Any, source: LogSource, _step: dict[str, Any]) -> Iterator[LogLine]:
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


def _of_span(logs: Any, source: LogSource, step: dict[str, Any]) -> Iterator[LogLine]:
    span = {"startTime": _milliseconds(step["StartTime"])}
    if "EndTime" in step:
        span["endTime"] = _milliseconds(step["EndTime"]) + 1
    name = source.group.rpartition("/")[2]
    yield from _events(logs, name, logGroupName=source.group, **span)


def _events(logs: Any, host: str, **where: Any) -> Iterator[LogLine]:
    for page in logs.get_paginator("filter_log_events").paginate(**where):
        for event in page["events"]:
            yield LogLine(event["timestamp"], host, event["message"])


def _milliseconds(moment: Any) -> int:
    return int(moment.timestamp() * 1000)
