"""Training steps: their channels and their request (CreateTrainingJob)."""

from collections.abc import Mapping
from typing import Any

from sagemaker.core.workflow.functions import Join
from sagemaker.mlops.workflow.steps import CacheConfig, StepTypeEnum

from pipeline_code.definition.steps import parameters
from pipeline_code.definition.steps.compute import Instances, time_limit, vpc_config
from pipeline_code.definition.steps.folder import PipelineFolder
from pipeline_code.definition.steps.request_step import Extras, RequestStep
from pipeline_code.definition.steps.resilience import job_retries

CHANNEL_PATH = "/opt/ml/input/data"


def training_step(
    folder: PipelineFolder,
    name: str,
    *,
    script: str,
    image: Any,
    instances: Instances,
    channels: Mapping[str, Any],
    hyperparameters: Mapping[str, Any] | None = None,
    cache: CacheConfig | None = None,
    hours: int = 4,
) -> RequestStep:
    """A step that runs the folder's `script` over `channels` (name -> S3 URI).

    Every instance gets the whole of every channel (FullyReplicated): with several instances, one
    of them (the first of `hosts` in resourceconfig.json) fits and writes the model. Values of
    `hyperparameters` are strings: join a parameter of another type to one.
    """
    inputs = [
        _channel("code", _code_uri()),
        *(_channel(channel, uri) for channel, uri in channels.items()),
    ]
    request = _request(folder, name, image, instances, inputs, hours)
    request["AlgorithmSpecification"]["ContainerEntrypoint"] = ["python3", _archive(), script]
    return _step(name, request, hyperparameters, cache)


def algorithm_step(
    folder: PipelineFolder,
    name: str,
    *,
    image: Any,
    instances: Instances,
    channels: Mapping[str, Any],
    content_type: str,
    hyperparameters: Mapping[str, Any],
    cache: CacheConfig | None = None,
    hours: int = 4,
) -> RequestStep:
    """A step that trains with the built-in algorithm of `image` over `channels` (name -> S3 URI).

    What the channels are called and hold, and which `hyperparameters` (strings) there are, the
    algorithm says. `content_type` is that of every channel's files, such as text/csv.
    """
    inputs = [
        {**_channel(channel, uri), "ContentType": content_type} for channel, uri in channels.items()
    ]
    request = _request(folder, name, image, instances, inputs, hours)
    return _step(name, request, hyperparameters, cache)


def _request(
    folder: PipelineFolder,
    name: str,
    image: Any,
    instances: Instances,
    inputs: list[dict[str, Any]],
    hours: int,
) -> dict[str, Any]:
    return {
        "RoleArn": parameters.TRAINING_ROLE,
        "AlgorithmSpecification": {"TrainingImage": image, "TrainingInputMode": "File"},
        "InputDataConfig": inputs,
        "OutputDataConfig": {
            "S3OutputPath": folder.kept_uri(name, "model"),
            "KmsKeyId": parameters.KMS_KEY,
        },
        "ResourceConfig": instances.request(),
        "StoppingCondition": time_limit(hours),
        "VpcConfig": vpc_config(),
        "EnableNetworkIsolation": True,
        "EnableInterContainerTrafficEncryption": True,
        "Tags": folder.tags,
    }


def _step(
    name: str,
    request: dict[str, Any],
    hyperparameters: Mapping[str, Any] | None,
    cache: CacheConfig | None,
) -> RequestStep:
    if hyperparameters:
        request["HyperParameters"] = dict(hyperparameters)
    return RequestStep(
        name, StepTypeEnum.TRAINING, request, Extras(retries=job_retries(), cache=cache)
    )


def model_uri(step: RequestStep) -> Any:
    """S3 URI of the model.tar.gz that a training step wrote."""
    return step.properties.ModelArtifacts.S3ModelArtifacts


def _code_uri() -> Any:
    return Join(on="/", values=["s3:/", parameters.CODE_BUCKET, parameters.CODE_KEY])


def _archive() -> Any:
    return Join(on="/", values=[f"{CHANNEL_PATH}/code", parameters.CODE_KEY])


def _channel(name: str, uri: Any) -> dict[str, Any]:
    source = {
        "S3DataType": "S3Prefix",
        "S3Uri": uri,
        "S3DataDistributionType": "FullyReplicated",
    }
    return {
        "ChannelName": name,
        "DataSource": {"S3DataSource": source},
        "CompressionType": "None",
        "InputMode": "File",
    }
