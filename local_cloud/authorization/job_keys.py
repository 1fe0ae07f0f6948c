"""The condition keys of requests that create or use jobs and models of SageMaker.

https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonsagemakerai.html
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from moto.sagemaker.models import sagemaker_backends

from local_cloud.authorization.authorization_request import AuthorizationRequest
from local_cloud.authorization.policy_patterns import Context
from local_cloud.authorization.resource_arns import resources_of

_PROCESSING = {
    "instancetypes": "ProcessingResources.ClusterConfig.InstanceType",
    "volumekmskey": "ProcessingResources.ClusterConfig.VolumeKmsKeyId",
    "outputkmskey": "ProcessingOutputConfig.KmsKeyId",
    "vpcsubnets": "NetworkConfig.VpcConfig.Subnets",
    "vpcsecuritygroupids": "NetworkConfig.VpcConfig.SecurityGroupIds",
    "networkisolation": "NetworkConfig.EnableNetworkIsolation",
    "intercontainertrafficencryption": "NetworkConfig.EnableInterContainerTrafficEncryption",
    "maxruntimeinseconds": "StoppingCondition.MaxRuntimeInSeconds",
}
_MODEL = {
    "vpcsubnets": "VpcConfig.Subnets",
    "vpcsecuritygroupids": "VpcConfig.SecurityGroupIds",
    "networkisolation": "EnableNetworkIsolation",
}
_TRAINING = {
    **_MODEL,
    "instancetypes": "ResourceConfig.InstanceType",
    "volumekmskey": "ResourceConfig.VolumeKmsKeyId",
    "outputkmskey": "OutputDataConfig.KmsKeyId",
    "intercontainertrafficencryption": "EnableInterContainerTrafficEncryption",
    "maxruntimeinseconds": "StoppingCondition.MaxRuntimeInSeconds",
}
_TRANSFORM = {
    "instancetypes": "TransformResources.InstanceType",
    "volumekmskey": "TransformResources.VolumeKmsKeyId",
    "outputkmskey": "TransformOutput.KmsKeyId",
}
_TUNING = {key: f"TrainingJobDefinition.{path}" for key, path in _TRAINING.items()}
_AUTOML = {
    "volumekmskey": "AutoMLJobConfig.SecurityConfig.VolumeKmsKeyId",
    "outputkmskey": "OutputDataConfig.KmsKeyId",
    "vpcsubnets": "AutoMLJobConfig.SecurityConfig.VpcConfig.Subnets",
    "vpcsecuritygroupids": "AutoMLJobConfig.SecurityConfig.VpcConfig.SecurityGroupIds",
    "intercontainertrafficencryption": (
        "AutoMLJobConfig.SecurityConfig.EnableInterContainerTrafficEncryption"
    ),
}
# The resources that have tags, by the part of an action that names them.
_TAGGED = (
    "AutoMLJob",
    "HyperParameterTuningJob",
    "Model",
    "ProcessingJob",
    "TrainingJob",
    "TransformJob",
)
_VERBS = ("Describe", "Stop", "Delete")
_USES = tuple(f"sagemaker:{verb}{kind}" for verb in _VERBS for kind in _TAGGED)


def _creation(paths: Mapping[str, str]) -> Callable[[AuthorizationRequest], Context]:
    """Return a function that reads the keys from a request; a key without a value is absent."""

    def find(request: AuthorizationRequest) -> Context:
        found = {key: tuple(_texts(_at(request, path))) for key, path in paths.items()}
        return {f"sagemaker:{key}": values for key, values in found.items() if values}

    return find


def _at(request: AuthorizationRequest, path: str) -> Any:
    first, *rest = path.split(".")
    value = request.parameter(first)
    for name in rest:
        value = value.get(name) if isinstance(value, Mapping) else None
    return value


def _texts(value: Any) -> Iterator[str]:
    for each in value if isinstance(value, list) else [value]:
        if each is not None:
            yield str(each).lower() if isinstance(each, bool) else str(each)


def _resource_tags(request: AuthorizationRequest) -> Context:
    """Return aws:ResourceTag/… and sagemaker:ResourceTag/… of the job or model."""
    backend: Any = sagemaker_backends[request.account][request.region]
    found: dict[str, tuple[str, ...]] = {}
    for arn in filter(None, resources_of(request)):
        for tag in backend.tags_of(arn):
            for prefix in ("aws", "sagemaker"):
                found[f"{prefix}:resourcetag/{tag['Key'].lower()}"] = (str(tag["Value"]),)
    return found


JOB_KEYS: Mapping[str, Callable[[AuthorizationRequest], Context]] = {
    "sagemaker:CreateAutoMLJob": _creation(_AUTOML),
    "sagemaker:CreateHyperParameterTuningJob": _creation(_TUNING),
    "sagemaker:CreateModel": _creation(_MODEL),
    "sagemaker:CreateProcessingJob": _creation(_PROCESSING),
    "sagemaker:CreateTrainingJob": _creation(_TRAINING),
    "sagemaker:CreateTransformJob": _creation(_TRANSFORM),
    **dict.fromkeys(_USES, _resource_tags),
}
