"""The last log lines of the job of a step."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from botocore.exceptions import ClientError

MOST_LINES, MOST_STREAMS = 40, 4
# Member of a step's metadata -> the log group of its jobs (SageMaker Developer Guide, "Log groups
# and streams that Amazon SageMaker AI sends to Amazon CloudWatch Logs").
GROUPS = {
    "ProcessingJob": "/aws/sagemaker/ProcessingJobs",
    "TrainingJob": "/aws/sagemaker/TrainingJobs",
    "TransformJob": "/aws/sagemaker/TransformJobs",
}


def last_lines(logs: Any, metadata: Mapping[str, Any]) -> tuple[str, ...]:
    """Return the last lines of each instance of a step's job, or nothing without a job or log."""
    for kind, group in GROUPS.items():
        if kind in metadata:
            job = metadata[kind]["Arn"].rpartition("/")[2]
            return tuple(_lines(logs, group, job))
    return ()


def _lines(logs: Any, group: str, job: str) -> Iterator[str]:
    try:
        streams = logs.describe_log_streams(logGroupName=group, logStreamNamePrefix=f"{job}/")
    except ClientError as error:
        if error.response["Error"]["Code"] != "ResourceNotFoundException":
            raise
        return  # no job has written a line yet
    for stream in streams["logStreams"][:MOST_STREAMS]:
        events = logs.get_log_events(
            logGroupName=group,
            logStreamName=stream["logStreamName"],
            limit=MOST_LINES,
            startFromHead=False,
        )
        yield from (event["message"].rstrip() for event in events["events"])
