"""The log lines of a step, from CloudWatch Logs."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from local_cloud.context import Cloud
from local_cloud.sagemaker.client.name_lookup import steps_of
from local_cloud.sagemaker.exceptions import UnknownExecution
from local_cloud.sagemaker.jobs.job_kinds import PROCESSING, TRAINING, TRANSFORM

_JOB_GROUPS = {
    "ProcessingJob": PROCESSING.log_group,
    "TrainingJob": TRAINING.log_group,
    "TransformJob": TRANSFORM.log_group,
}


@dataclass(frozen=True)
class LogLine:
    """One line; `timestamp` in milliseconds since 1970."""

    timestamp: int
    host: str
    message: str


def read_step_logs(cloud: Cloud, execution_arn: str, step_name: str) -> list[LogLine]:
    """The lines of a step's latest attempt, host after host.

    Raises `UnknownExecution` for a step that has not begun or that has no logs.
    """
    steps = {step["StepName"]: step for step in steps_of(cloud.client("sagemaker"), execution_arn)}
    if step_name not in steps:
        begun = ", ".join(steps) or "none"
        raise UnknownExecution(f"The step {step_name!r} has not begun; begun are: {begun}.")
    step = steps[step_name]
    metadata = step.get("Metadata", {})
    kinds = [kind for kind in (*_JOB_GROUPS, "Lambda") if kind in metadata]
    if not kinds:
        raise UnknownExecution(f"The step {step_name} runs no job, so it has no logs.")
    logs = cloud.client("logs")
    if kinds[0] == "Lambda":
        return list(_function_lines(logs, step))
    job = metadata[kinds[0]]["Arn"].rpartition("/")[2]
    return list(_job_lines(logs, _JOB_GROUPS[kinds[0]], job))


def _job_lines(logs: Any, group: str, job: str) -> Iterator[LogLine]:
    try:
        pages = logs.get_paginator("describe_log_streams").paginate(
            logGroupName=group, logStreamNamePrefix=f"{job}/"
        )
        streams = [entry["logStreamName"] for page in pages for entry in page["logStreams"]]
    except logs.exceptions.ResourceNotFoundException:
        streams = []
    for stream in streams:
        # Of a job's own code `<job>/<host>-<time>`, of a transform job `<job>/<instance or log>`.
        host = re.sub(r"-\d{10}$", "", stream.rpartition("/")[2])
        yield from _events(logs, host, logGroupName=group, logStreamNames=[stream])


def _function_lines(logs: Any, step: dict[str, Any]) -> Iterator[LogLine]:
    name = step["Metadata"]["Lambda"]["Arn"].rpartition(":function:")[2].partition(":")[0]
    span = {"startTime": _milliseconds(step["StartTime"])}
    if "EndTime" in step:
        span["endTime"] = _milliseconds(step["EndTime"]) + 1
    yield from _events(logs, name, logGroupName=f"/aws/lambda/{name}", **span)


def _events(logs: Any, host: str, **where: Any) -> Iterator[LogLine]:
    for page in logs.get_paginator("filter_log_events").paginate(**where):
        for event in page["events"]:
            yield LogLine(event["timestamp"], host, event["message"])


def _milliseconds(moment: Any) -> int:
    return int(moment.timestamp() * 1000)
