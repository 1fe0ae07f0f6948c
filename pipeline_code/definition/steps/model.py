"""The steps that make a model usable: CreateModel and CreateModelPackage."""

from collections.abc import Mapping, Sequence
from typing import Any

from sagemaker.mlops.workflow.steps import StepTypeEnum

from pipeline_code.definition.steps import parameters
from pipeline_code.definition.steps.compute import vpc_config
from pipeline_code.definition.steps.folder import PipelineFolder
from pipeline_code.definition.steps.monitoring import DataQuality, json_source
from pipeline_code.definition.steps.request_step import Extras, RequestStep
from pipeline_code.definition.steps.resilience import service_retries


def hosting_container(*, image: Any, model: Any) -> dict[str, Any]:
    """A container that serves the model at S3 URI `model`, with the code in its `code` folder."""
    environment = {
        "SAGEMAKER_PROGRAM": "inference.py",
        "SAGEMAKER_SUBMIT_DIRECTORY": "/opt/ml/model/code",
    }
    return {"Image": image, "ModelDataUrl": model, "Environment": environment}


def package_container(model_package_arn: Any) -> dict[str, Any]:
    """A container made of what a registered version holds: its image, model and environment."""
    return {"ModelPackageName": model_package_arn}


def model_step(folder: PipelineFolder, name: str, *, container: dict[str, Any]) -> RequestStep:
    """A step that creates a model for endpoints and batch transform."""
    request = {
        "PrimaryContainer": container,
        "ExecutionRoleArn": parameters.MODEL_ROLE,
        "VpcConfig": vpc_config(),
        "EnableNetworkIsolation": True,
        "Tags": folder.tags,
    }
    return RequestStep(name, StepTypeEnum.CREATE_MODEL, request, Extras(retries=service_retries()))


def register_step(
    name: str,
    *,
    container: dict[str, Any],
    approval: Any,
    instance_types: Sequence[Any],
    content_types: Sequence[str],
    response_types: Sequence[str],
    model_quality: Any,
    properties: Mapping[str, Any],
    data_quality: DataQuality | None = None,
) -> RequestStep:
    """A step that registers a version in the environment's model package group.

    `model_quality` is the S3 URI of an evaluation.json, `data_quality` what the model's inputs are
    to be compared with, and `properties` what else the registry shall know. A version has the
    tags of its group: CreateModelPackage refuses tags of its own.
    """
    request: dict[str, Any] = {
        "ModelPackageGroupName": parameters.MODEL_PACKAGE_GROUP,
        "InferenceSpecification": {
            "Containers": [container],
            "SupportedContentTypes": list(content_types),
            "SupportedResponseMIMETypes": list(response_types),
            "SupportedRealtimeInferenceInstanceTypes": list(instance_types),
            "SupportedTransformInstanceTypes": list(instance_types),
        },
        "ModelMetrics": {"ModelQuality": {"Statistics": json_source(model_quality)}},
        "ModelApprovalStatus": approval,
        "CustomerMetadataProperties": dict(properties),
    }
    if data_quality:
        request["ModelMetrics"]["ModelDataQuality"] = data_quality.request()
        request["DriftCheckBaselines"] = {"ModelDataQuality": data_quality.request()}
    return RequestStep(
        name, StepTypeEnum.REGISTER_MODEL, request, Extras(retries=service_retries())
    )
