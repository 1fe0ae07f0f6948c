"""Training steps: run a script, or the built-in algorithm of an image (CreateTrainingJob).

Source of the actions: SageMaker Developer Guide, "IAM Access Management" of Pipelines.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pipeline_code.workflow.actions import RUN_CONTAINER, WRITE_OUTPUTS
from pipeline_code.workflow.collector import AnyImage, Collector
from pipeline_code.workflow.environment import KMS_KEY, command, role_arn
from pipeline_code.workflow.inputs import Files
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
    channels: Mapping[str, Uri | Files],
    hyperparameters: Mapping[str, Any] | None = None,
    image: AnyImage | None = None,
    content_type: str | None = None,
    cache_days: int | None = None,
    hours: int = 4,
    spot: bool = False,
    outside_training: OutsideTraining = "mark",
    depends_on: DependsOn = None,
) -> TrainingStep:
    """Add a step that runs `script` of the folder, or the built-in algorithm, on `channels`.

    Every instance gets all files of a channel, or a share of those of `sharded(uri)`. XGBoost is
    trained on the rows of all instances, by the built-in algorithm or with `runtime/tree_training`;
    other scripts reject several instances. Values of `hyperparameters` are texts: `to_string()`
    converts a parameter. A built-in algorithm defines the names and contents of its channels and
    its hyperparameters. `content_type` is the type of
    the files of all channels, such as text/csv. With `cache_days`, the results of a step with the
    same request are reused for that many days.

    With `spot`, the job runs on spot instances and may wait for them as long as it may run. It has
    a folder for checkpoints, whose objects expire with the other files of the run. The results of
    such a step are never reused, because the location of the checkpoints is part of its request.

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
        **(_on_spot_instances(p, name, hours) if spot else {}),
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


def _on_spot_instances(p: Collector, name: str, hours: int) -> dict[str, Any]:
    """Return the members of a job on spot instances, which continues from its checkpoints.

    The service copies the checkpoints with the role of the job, in both directions. A retried step
    continues from those of the step before, because the location is that of the execution:
    https://docs.aws.amazon.com/sagemaker/latest/dg/model-checkpoints.html
    """
    read, written = (
        uri("runs", name, "checkpoints") for uri in (p.folder.run_uri, p.folder.run_target)
    )
    return {
        "EnableManagedSpotTraining": True,
        "CheckpointConfig": {"S3Uri": Uri(read.variable, read.access | written.access)},
        "StoppingCondition": {
            **time_limit(hours),
            "MaxWaitTimeInSeconds": 2 * time_limit(hours)["MaxRuntimeInSeconds"],
        },
    }


def channel(name: str, given: Uri | Files, content_type: str | None) -> dict[str, Any]:
    """Return a channel with files of S3. With a plain URI, every instance gets all files."""
    files = Files(uri=given) if isinstance(given, Uri) else given
    source = {
        "S3DataType": files.data_type,
        "S3Uri": files.uri,
        "S3DataDistributionType": files.distribution,
    }
    found = {
        "ChannelName": name,
        "DataSource": {"S3DataSource": source},
        "CompressionType": "None",
        "InputMode": "File",
    }
    return found if content_type is None else {**found, "ContentType": content_type}
