"""The kinds of jobs and their names in the API."""

from __future__ import annotations

from dataclasses import dataclass

from botocore import xform_name


@dataclass(frozen=True)
class JobKind:
    """The API's names for a kind of job.

    `step` is the type of the steps that run such a job. `message_file` is the file in which the
    scripts of this kind write a message, if any. `title` is the name in status events.
    `name_characters` is the maximum length of a job's name."""

    name: str
    arn_type: str
    log_group: str
    message_file: str = ""
    step: str = ""
    title: str = ""
    name_characters: int = 63

    @property
    def step_type(self) -> str:
        """The type of the steps that run a job of this kind."""
        return self.step or self.name

    @property
    def event_title(self) -> str:
        """The name of the kind in the detail types of events."""
        return self.title or self.name

    def shortened(self, name: str) -> str:
        """Return a unique name of a step that is not too long: `<execution id>-<step>-<random>`."""
        if len(name) <= self.name_characters:
            return name
        prefix, _, suffix = name.removeprefix("pipelines-").rpartition("-")
        shown = prefix[: self.name_characters - len(suffix) - 1].rstrip("-")
        return f"{shown}-{suffix}"

    @property
    def operation(self) -> str:
        """The name of the job in the methods of boto3, such as training_job."""
        return str(xform_name(f"{self.name}Job"))


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
TUNING = JobKind(
    name="HyperParameterTuning",
    arn_type="hyper-parameter-tuning-job",
    log_group=TRAINING.log_group,
    step="Tuning",
    title="HyperParameter Tuning",
    name_characters=32,
)
AUTOML = JobKind(
    name="AutoML",
    arn_type="automl-job",
    log_group=TRAINING.log_group,
    message_file="/opt/ml/output/failure",
    name_characters=32,
)
