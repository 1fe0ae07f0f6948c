"""The kinds of jobs and their names in the API."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class JobKind:
    """The API's names for a kind of job.

    `message_file` is the file in which the scripts of this kind write a message, if any.
    """

    name: str
    arn_type: str
    log_group: str
    message_file: str = ""


PROCESSING = JobKind(
    name="Processing",
    arn_type="processing-job",
    log_group="/aws/sagemaker/ProcessingJobs",
    message_file="/opt/ml/output/message",
)
TRANSFORM = JobKind(
    name="Transform",
    arn_type="transform-job",
    log_group="/aws/sagemaker/TransformJobs",
)
TRAINING = JobKind(
    name="Training",
    arn_type="training-job",
    log_group="/aws/sagemaker/TrainingJobs",
    message_file="/opt/ml/output/failure",
)
