"""Training steps: run a script, or the built-in algorithm of an image (CreateTrainingJob).

Source of the actions: SageMaker Developer Guide, "IAM Access Management" of Pipelines.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pipeline_code.workflow.actions import RUN_CONTAINER, WRITE_OUTPUTS
from pipeline_code.workflow.collector import AnyImage, Collector
from pipeline_code.workflow.environment import KMS_KEY, command, role_arn
from pipeline_code.workflow.instances import Instances, time_limit, vpc_config
from pipeline_code.workflow.models import MODEL, OutsideTraining, TrainedModel
from pipeline_code.workflow.retries import job_retries
from pipeline_code.workflow.step_kind import DependsOn, RequestStep, StepKind
from pipeline_code.workflow.variables import Uri, access_of

KIND = StepKind(
    type="Training",
    execution=(
        "sagemaker:AddTags",
        "sagemaker:CreateTrainingJob",
        "sagemaker:DescribeTrainingJob",
        "sagemaker:StopTrainingJob",
    ),
    role="Training",
    role_field="RoleArn",
    job=(*RUN_CONTAINER, *WRITE_OUTPUTS),
    creates="training-job",
    writes_models=True,
    described=("DescribeTrainingJobResponse",),
)
CHANNEL_PATH = "/opt/ml/input/data"


class TrainingStep(RequestStep):
    """A training job. `model` is its model."""

    model: TrainedModel


def training(
    p: Collector,
    name: str,
    script: str | None,
    instances: Instances,
    *,
    channels: Mapping[str, Uri],
    hyperparameters: Mapping[str, Any] | None = None,
    image: AnyImage | None = None,
    content_type: str | None = None,
    cache_days: int | None = None,
    hours: int = 4,
    outside_training: OutsideTraining = "mark",
    depends_on: DependsOn = None,
) -> TrainingStep:
    """Add a step that runs `script` of the folder, or the built-in algorithm, on `channels`.

    Every instance gets all files of every channel (FullyReplicated). With several instances, only
    the first of `hosts` in resourceconfig.json trains and writes the model. Values of
    `hyperparameters` are texts: `to_string()` converts a parameter. A built-in algorithm defines
    the names and contents of its channels and its hyperparameters. `content_type` is the type of
    the files of all channels, such as text/csv. With `cache_days`, the results of a step with the
    same request are reused for that many days.

    `outside_training` is what the model of a script does with rows that are outside the values of
    its training rows: `mark` the response with a header, `reject` the request, or add a `column` to
    the predictions (docs/decisions/0039-rows-outside-the-training-rows-are-marked.md).
    """
    found = p.image(image)
    algorithm: dict[str, Any] = {"TrainingImage": found, "TrainingInputMode": "File"}
    if script:
        algorithm["ContainerEntrypoint"] = command(f"{CHANNEL_PATH}/code", p.folder.script(script))
    given = {**p.code(script, image), **channels}
    kept = p.folder.run_uri("kept", name, MODEL)
    request: dict[str, Any] = {
        "RoleArn": role_arn("Training"),
        "AlgorithmSpecification": algorithm,
        "InputDataConfig": [channel(key, uri, content_type) for key, uri in given.items()],
        "OutputDataConfig": {
            "S3OutputPath": p.folder.run_target("kept", name, MODEL),
            "KmsKeyId": KMS_KEY,
        },
        "ResourceConfig": instances.request(),
        "StoppingCondition": time_limit(hours),
        "VpcConfig": vpc_config(),
        "EnableNetworkIsolation": True,
        "EnableInterContainerTrafficEncryption": True,
        "Tags": p.folder.tags,
    }
    if hyperparameters:
        request["HyperParameters"] = dict(hyperparameters)
    step = TrainingStep(
        KIND, name, request, retries=job_retries(), cache_days=cache_days, depends_on=depends_on
    )
    artifacts = Uri(step.properties.ModelArtifacts.S3ModelArtifacts, kept.access)
    step.model = TrainedModel(
        artifacts, image=found, outside_training=outside_training if script else None
    )
    return p.collect(step, KIND.needs(name, job=access_of(request)))


def channel(name: str, uri: Uri, content_type: str | None) -> dict[str, Any]:
    """Return a channel with all files below `uri`, for every instance."""
    source = {
        "S3DataType": "S3Prefix",
        "S3Uri": uri,
        "S3DataDistributionType": "FullyReplicated",
    }
    found = {
        "ChannelName": name,
        "DataSource": {"S3DataSource": source},
        "CompressionType": "None",
        "InputMode": "File",
    }
    return found if content_type is None else {**found, "ContentType": content_type}
