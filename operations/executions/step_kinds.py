"""Where the services keep the description and the logs of a step, by the key of its metadata.

Source: https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_PipelineExecutionStepMetadata.html
and https://docs.aws.amazon.com/sagemaker/latest/dg/logging-cloudwatch.html
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

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
class LogSource:
    """The log lines of a step: all streams with a prefix, or all lines during the step."""

    group: str
    stream_prefix: str | None = None


JOBS: Mapping[str, Job] = {
    "ProcessingJob": Job(
        "describe_processing_job", "ProcessingJobName", "/aws/sagemaker/ProcessingJobs"
    ),
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


def log_source(metadata: Mapping[str, Any]) -> LogSource | None:
    """Return where a step's logs are; None if it runs neither a job nor a function."""
    if "Lambda" in metadata:
        name = metadata["Lambda"]["Arn"].rpartition(":function:")[2].partition(":")[0]
        return LogSource(f"/aws/lambda/{name}")
    for key, job in JOBS.items():
        if key in metadata:
            name = metadata[key]["Arn"].rpartition("/")[2]
            return LogSource(job.log_group, f"{name}{job.separator}")
    return None
