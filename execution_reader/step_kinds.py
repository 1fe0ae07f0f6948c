"""Where the services keep the description and the logs of a step, by the key of its metadata.

Source: https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_PipelineExecutionStepMetadata.html
and https://docs.aws.amazon.com/sagemaker/latest/dg/logging-cloudwatch.html
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from botocore.exceptions import ClientError

_TRAINING_LOGS = "/aws/sagemaker/TrainingJobs"


@dataclass(frozen=True)
class Job:
    """A kind of job: its operation of describe, the request's member with its name, and its logs.

    The names of the log streams begin with the name of the job and `separator`.
    """

    operation: str
    name_member: str
    log_group: str
    separator: str = "/"

    def describe(self, sagemaker: Any, arn: str) -> Mapping[str, Any]:
        """Return the description of the job."""
        request = {self.name_member: arn.rpartition("/")[2]}
        described: Mapping[str, Any] = getattr(sagemaker, self.operation)(**request)
        return described


@dataclass(frozen=True)
class JobLogs:
    """The log lines of the jobs of a step: all streams of a group with a prefix."""

    group: str
    stream_prefix: str


@dataclass(frozen=True)
class FunctionLogs:
    """The log lines of the function of a step."""

    function_arn: str


_PROCESSING = Job("describe_processing_job", "ProcessingJobName", "/aws/sagemaker/ProcessingJobs")
JOBS: Mapping[str, Job] = {
    "ProcessingJob": _PROCESSING,
    "TrainingJob": Job("describe_training_job", "TrainingJobName", _TRAINING_LOGS),
    "TransformJob": Job(
        "describe_transform_job", "TransformJobName", "/aws/sagemaker/TransformJobs"
    ),
    # They run in training jobs whose names begin with theirs.
    "TuningJob": Job(
        "describe_hyper_parameter_tuning_job",
        "HyperParameterTuningJobName",
        _TRAINING_LOGS,
        separator="-",
    ),
    "AutoMLJob": Job("describe_auto_ml_job", "AutoMLJobName", _TRAINING_LOGS),
}
# The metadata of these steps contain their properties and, as CheckJobArn, a processing job.
CHECKS = frozenset({"ClarifyCheck", "QualityCheck"})


def log_source(metadata: Mapping[str, Any]) -> JobLogs | FunctionLogs | None:
    """Return where a step's logs are; None if it runs neither a job nor a function."""
    if "Lambda" in metadata:
        return FunctionLogs(metadata["Lambda"]["Arn"])
    return job_logs(metadata)


def job_logs(metadata: Mapping[str, Any]) -> JobLogs | None:
    """Return where the logs of a step's job are; None if it runs no job."""
    for job, arn in jobs_of(metadata):
        return JobLogs(job.log_group, f"{arn.rpartition('/')[2]}{job.separator}")
    return None


def log_streams(logs: Any, source: JobLogs) -> Iterator[str]:
    """Yield the names of the streams with the prefix; none if no job has written a line yet."""
    paginator = logs.get_paginator("describe_log_streams")
    try:
        for page in paginator.paginate(
            logGroupName=source.group, logStreamNamePrefix=source.stream_prefix
        ):
            yield from (stream["logStreamName"] for stream in page["logStreams"])
    except ClientError as error:
        if error.response["Error"]["Code"] != "ResourceNotFoundException":
            raise


def jobs_of(metadata: Mapping[str, Any]) -> Iterator[tuple[Job, str]]:
    """Yield the jobs of a step with their ARNs."""
    for key, found in metadata.items():
        if key in JOBS:
            yield JOBS[key], found["Arn"]
        elif key in CHECKS and "CheckJobArn" in found:
            yield _PROCESSING, found["CheckJobArn"]
