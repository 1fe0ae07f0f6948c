"""The conditions under which the execution role may create and use the jobs and models of a run.

The values are those of the requests in the definition. For the keys of each action see
https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonsagemakerai.html
and decision 38.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from pipeline_code.compiler import job_requests, parameter_defaults
from stacks.config import Environment
from stacks.pipeline.pipeline_context import PipelineContext

_TUNED = "TrainingJobDefinition"
_AUTOML = "AutoMLJobConfig.SecurityConfig"
# Resource type -> key -> the path of its value in the request that creates the resource.
_LISTS: Mapping[str, Mapping[str, str]] = {
    "processing-job": {
        "VpcSubnets": "NetworkConfig.VpcConfig.Subnets",
        "VpcSecurityGroupIds": "NetworkConfig.VpcConfig.SecurityGroupIds",
    },
    "training-job": {
        "VpcSubnets": "VpcConfig.Subnets",
        "VpcSecurityGroupIds": "VpcConfig.SecurityGroupIds",
    },
    "hyper-parameter-tuning-job": {
        "VpcSubnets": f"{_TUNED}.VpcConfig.Subnets",
        "VpcSecurityGroupIds": f"{_TUNED}.VpcConfig.SecurityGroupIds",
    },
    "automl-job": {
        "VpcSubnets": f"{_AUTOML}.VpcConfig.Subnets",
        "VpcSecurityGroupIds": f"{_AUTOML}.VpcConfig.SecurityGroupIds",
    },
    "model": {
        "VpcSubnets": "VpcConfig.Subnets",
        "VpcSecurityGroupIds": "VpcConfig.SecurityGroupIds",
    },
}
_INSTANCE_TYPES = {
    "processing-job": "ProcessingResources.ClusterConfig.InstanceType",
    "training-job": "ResourceConfig.InstanceType",
    "hyper-parameter-tuning-job": f"{_TUNED}.ResourceConfig.InstanceType",
    "transform-job": "TransformResources.InstanceType",
}
_KEYS: Mapping[str, Mapping[str, str]] = {
    "processing-job": {
        "VolumeKmsKey": "ProcessingResources.ClusterConfig.VolumeKmsKeyId",
        "OutputKmsKey": "ProcessingOutputConfig.KmsKeyId",
    },
    "training-job": {
        "VolumeKmsKey": "ResourceConfig.VolumeKmsKeyId",
        "OutputKmsKey": "OutputDataConfig.KmsKeyId",
    },
    "hyper-parameter-tuning-job": {
        "VolumeKmsKey": f"{_TUNED}.ResourceConfig.VolumeKmsKeyId",
        "OutputKmsKey": f"{_TUNED}.OutputDataConfig.KmsKeyId",
    },
    "automl-job": {
        "VolumeKmsKey": f"{_AUTOML}.VolumeKmsKeyId",
        "OutputKmsKey": "OutputDataConfig.KmsKeyId",
    },
    "transform-job": {
        "VolumeKmsKey": "TransformResources.VolumeKmsKeyId",
        "OutputKmsKey": "TransformOutput.KmsKeyId",
    },
}
_ISOLATION = {
    "processing-job": "NetworkConfig.EnableNetworkIsolation",
    "training-job": "EnableNetworkIsolation",
    "hyper-parameter-tuning-job": f"{_TUNED}.EnableNetworkIsolation",
    "model": "EnableNetworkIsolation",
}


def own_resources(environment: Environment, pipeline: PipelineContext) -> dict[str, Any]:
    """Return the condition that a job or model has the tags of the pipeline and environment."""
    return {"StringEquals": _tags("aws:ResourceTag", environment, pipeline)}


def request_tags(environment: Environment, pipeline: PipelineContext) -> dict[str, Any]:
    """Return the condition that a request sets the tags of the pipeline and environment."""
    return {"StringEquals": _tags("aws:RequestTag", environment, pipeline)}


def tags_of_creation(
    environment: Environment, pipeline: PipelineContext, actions: Iterable[str]
) -> dict[str, Any]:
    """Return the condition that one of `actions` sets the tags, for a new job or model only."""
    names = sorted(action.partition(":")[2] for action in actions)
    tags = _tags("aws:RequestTag", environment, pipeline)
    return {"StringEquals": {**tags, "sagemaker:TaggingAction": names}}


def creation(
    kind: str, environment: Environment, pipeline: PipelineContext, values: Mapping[str, str]
) -> dict[str, Any]:
    """Return the conditions for new resources of a type: those that all requests fulfil.

    A key of which a request does not have a known value has no condition. Keys with several values
    are compared with ForAllValues, which a request without the key fulfils, so Null excludes it.
    https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-single-vs-multi-valued-context-keys.html
    """
    body = pipeline.definition.body
    requests = job_requests(body)[kind]
    parameters = {**parameter_defaults(body), **pipeline.settings.parameters}

    def known(path: str) -> list[Any] | None:
        return _known(requests, path, values, parameters)

    lists = _conditions(_LISTS.get(kind, {}), known)
    keys = _conditions(_KEYS.get(kind, {}), known)
    isolated = known(_ISOLATION[kind]) == [True] if kind in _ISOLATION else False
    types = known(_INSTANCE_TYPES[kind]) if kind in _INSTANCE_TYPES else None
    patterns = sorted({*(types or ()), *environment.instance_types})
    sized = {"sagemaker:InstanceTypes": patterns} if types else {}
    present = dict.fromkeys((*lists, *sized), "false")
    found: dict[str, Any] = {
        "StringEquals": _tags("aws:RequestTag", environment, pipeline),
        "ForAllValues:StringEquals": lists,
        "ForAllValues:StringLike": sized,
        "Null": present,
        "ArnEquals": keys,
        "Bool": {"sagemaker:NetworkIsolation": "true"} if isolated else {},
    }
    return {operator: tested for operator, tested in found.items() if tested}


def _conditions(
    paths: Mapping[str, str], known: Callable[[str], list[Any] | None]
) -> dict[str, list[Any]]:
    found = {f"sagemaker:{key}": known(path) for key, path in paths.items()}
    return {key: values for key, values in found.items() if values}


def _known(
    requests: Sequence[dict[str, Any]],
    path: str,
    values: Mapping[str, str],
    parameters: Mapping[str, Any],
) -> list[Any] | None:
    """Return the different values at a path of all requests; None if one of them is not known."""
    found: list[Any] = []
    for request in requests:
        value: Any = request
        for name in path.split("."):
            value = value.get(name) if isinstance(value, dict) else None
        for each in value if isinstance(value, list) else [value]:
            resolved = _resolved(each, values, parameters)
            if resolved is None:
                return None
            found.append(resolved)
    return list(dict.fromkeys(found))


def _resolved(value: Any, values: Mapping[str, str], parameters: Mapping[str, Any]) -> Any:
    """Return a literal, or the value of the environment or a parameter; None for others."""
    if not isinstance(value, dict):
        return value
    root, _, name = str(value.get("Get")).partition(".")
    known = {"Environment": values, "Parameters": parameters}
    return known[root].get(name) if root in known else None


def _tags(key: str, environment: Environment, pipeline: PipelineContext) -> dict[str, str]:
    return {f"{key}/Pipeline": pipeline.name, f"{key}/Environment": environment.name}
