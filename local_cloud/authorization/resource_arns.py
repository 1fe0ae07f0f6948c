"""The ARNs of the resources that a request uses, which the caller's policies must allow.

Actions without resource types are listed in without_resource.json. For an action that is neither
in that file nor in this module, only the name of the action is checked.
https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path
from typing import Any

from moto.backends import get_backend
from moto.sagemaker.models import sagemaker_backends

from local_cloud.authorization.authorization_request import AuthorizationRequest
from local_cloud.authorization.emr_arns import EMR_FINDERS
from local_cloud.authorization.lake_arns import LAKE_FINDERS
from local_cloud.authorization.named_arns import named
from local_cloud.authorization.studio_arns import STUDIO_FINDERS


def resources_of(request: AuthorizationRequest) -> list[str | None]:
    """Return the ARNs. ["*"]: the action has no resource types; [None]: the ARN is unknown."""
    if has_no_resource(request.action):
        return ["*"]
    find = _FINDERS.get(request.action) or _OF_SERVICES.get(request.action.partition(":")[0])
    found = [] if find is None else find(request)
    return list(found) or [None]


def has_no_resource(action: str) -> bool:
    """Return whether the action has no resource types on AWS, so that policies must use `*`."""
    service, _, name = action.partition(":")
    return name in _without_resource().get(service, ())


@cache
def _without_resource() -> Mapping[str, frozenset[str]]:
    """Read the actions that have no resource types in the Service Authorization Reference."""
    text = Path(__file__).with_name("without_resource.json").read_text()
    return {service: frozenset(names.split()) for service, names in json.loads(text).items()}


def _credentials(request: AuthorizationRequest) -> list[str]:
    cluster = request.parameter("ClusterIdentifier")
    found = [request.arn("redshift", f"dbuser:{cluster}/{request.parameter('DbUser')}")]
    database = request.parameter("DbName")
    return found + ([request.arn("redshift", f"dbname:{cluster}/{database}")] if database else [])


def _package(request: AuthorizationRequest) -> list[str]:
    """Return the ARNs of the group and of the new package, whose version is a wildcard."""
    group = request.parameter("ModelPackageGroupName")
    if not group:
        return named("sagemaker", "model-package/", "ModelPackageName")(request)
    name = str(group).rpartition("/")[2]
    kinds = (f"model-package-group/{name}", f"model-package/{name}/0")
    return [request.arn("sagemaker", kind) for kind in kinds]


def _packages(request: AuthorizationRequest) -> list[str]:
    """Return the ARN of the group whose packages are listed, or a pattern for all groups."""
    group = str(request.parameter("ModelPackageGroupName") or "").rpartition("/")[2]
    return [request.arn("sagemaker", f"model-package/{group}/0")] if group else ["*"]


def _callback(request: AuthorizationRequest) -> list[str]:
    """Return the ARN of the execution that waits for the callback token."""
    callbacks = sagemaker_backends[request.account][request.region].executions.callbacks
    execution = callbacks.execution_of(str(request.parameter("CallbackToken")))
    return [] if execution is None else [execution]


def _data_api_target(request: AuthorizationRequest) -> list[str]:
    """Return the ARN of the statement's cluster or workgroup."""
    if request.parameter("WorkgroupName"):
        return _workgroup(request)
    return named("redshift", "cluster:", "ClusterIdentifier")(request)


def _workgroup(request: AuthorizationRequest) -> list[str]:
    """Return the ARN of a workgroup. It contains the id, not the name."""
    given = request.parameter("WorkgroupName") or request.parameter("workgroupName")
    found = _serverless(request).workgroups.get(given)
    return [str(found.arn)] if found else [given] if str(given).startswith("arn:") else []


def _namespace(request: AuthorizationRequest) -> list[str]:
    """Return the ARN of a namespace. It contains the id, not the name."""
    found = _serverless(request).namespaces.get(request.parameter("namespaceName"))
    return [str(found.arn)] if found else []


def _serverless(request: AuthorizationRequest) -> Any:
    """Return the laptop cloud's backend of Redshift Serverless, which is registered in moto."""
    return get_backend("redshiftserverless")[request.account][request.region]


def _key(request: AuthorizationRequest) -> list[str]:
    """Return the ARN of a key. The parameter is an ARN, an id or an alias."""
    key = request.parameter("KeyId")
    if not isinstance(key, str):
        return []
    name = key if key.startswith("alias/") else f"key/{key}"
    return [key if key.startswith("arn:") else request.arn("kms", name)]


def _queue(request: AuthorizationRequest) -> list[str]:
    url = request.parameter("QueueUrl")
    return [request.arn("sqs", str(url).rpartition("/")[2])] if url else []


def _log_stream(request: AuthorizationRequest) -> list[str]:
    group, stream = request.parameter("logGroupName"), request.parameter("logStreamName")
    if not group:
        return []
    return [request.arn("logs", f"log-group:{group}:log-stream:{stream or ''}")]


def _log_group(request: AuthorizationRequest) -> list[str]:
    group = request.parameter("logGroupName")
    return [request.arn("logs", f"log-group:{group}:*")] if group else []


def _secret(request: AuthorizationRequest) -> list[str]:
    secret = request.parameter("SecretId")
    if not isinstance(secret, str):
        return []
    # The ARN of a secret ends with a random suffix. Policies match the suffix by -??????.
    named = request.arn("secretsmanager", f"secret:{secret}-aaaaaa")
    return [secret if secret.startswith("arn:") else named]


def _alarms(request: AuthorizationRequest) -> list[str]:
    """Return the ARNs of the named alarms, or of all alarms if the request has no names."""
    name = request.parameter("AlarmName")
    names = [name] if name else request.parameter("AlarmNames") or ["*"]
    return [request.arn("cloudwatch", f"alarm:{each}") for each in names]


def _model(request: AuthorizationRequest) -> list[str]:
    """Return the ARNs of the model and of the model packages that it uses."""
    primary = request.parameter("PrimaryContainer")
    containers = [*(request.parameter("Containers") or []), *([primary] if primary else [])]
    packages = [container.get("ModelPackageName") for container in containers]
    return [
        request.arn("sagemaker", f"model/{request.parameter('ModelName')}"),
        *(package for package in packages if package),
    ]


def _endpoint_and_config(request: AuthorizationRequest) -> list[str]:
    return [
        request.arn("sagemaker", f"endpoint/{request.parameter('EndpointName')}"),
        request.arn("sagemaker", f"endpoint-config/{request.parameter('EndpointConfigName')}"),
    ]


def _feature_group_arn(request: AuthorizationRequest, name: str) -> str:
    """Return the ARN of a feature group, which has the name in lower case."""
    return request.arn("sagemaker", f"feature-group/{name.rpartition('/')[2].lower()}")


def _feature_group(request: AuthorizationRequest) -> list[str]:
    return [_feature_group_arn(request, str(request.parameter("FeatureGroupName")))]


def _feature_groups(request: AuthorizationRequest) -> list[str]:
    """Return the ARNs of all feature groups of BatchGetRecord."""
    wanted = request.parameter("Identifiers") or []
    return [_feature_group_arn(request, each["FeatureGroupName"]) for each in wanted]


def _builds(request: AuthorizationRequest) -> list[str]:
    """Return the ARNs of the projects of builds, whose ids are `project:uuid`."""
    given = request.parameter("ids") or [request.parameter("id")]
    return [request.arn("codebuild", f"project/{str(each).partition(':')[0]}") for each in given]


_ENDPOINT = named("sagemaker", "endpoint/", "EndpointName")
_ENDPOINT_CONFIG = named("sagemaker", "endpoint-config/", "EndpointConfigName")
_EXECUTION = named("sagemaker", "", "PipelineExecutionArn")
_GROUP = named("sagemaker", "model-package-group/", "ModelPackageGroupName")
_AUTOML_JOB = named("sagemaker", "automl-job/", "AutoMLJobName")
_TUNING_JOB = named("sagemaker", "hyper-parameter-tuning-job/", "HyperParameterTuningJobName")
_PIPELINE = named("sagemaker", "pipeline/", "PipelineName")
_TAGGED = named("sagemaker", "", "ResourceArn")
_FINDERS: Mapping[str, Callable[[AuthorizationRequest], list[str]]] = {
    **EMR_FINDERS,
    **LAKE_FINDERS,
    **STUDIO_FINDERS,
    "cloudwatch:DeleteAlarms": _alarms,
    "cloudwatch:DescribeAlarms": _alarms,
    "cloudwatch:PutMetricAlarm": _alarms,
    "codebuild:BatchGetBuilds": _builds,
    "codebuild:StartBuild": named("codebuild", "project/", "projectName"),
    "codebuild:StopBuild": _builds,
    "lambda:InvokeFunction": named("lambda", "function:", "FunctionName"),
    "logs:CreateLogGroup": _log_group,
    "logs:CreateLogStream": _log_group,
    "logs:DescribeLogStreams": _log_group,
    "logs:GetLogEvents": _log_stream,
    "logs:PutLogEvents": _log_stream,
    "redshift:GetClusterCredentials": _credentials,
    "redshift:PauseCluster": named("redshift", "cluster:", "ClusterIdentifier"),
    "redshift:ResumeCluster": named("redshift", "cluster:", "ClusterIdentifier"),
    "redshift-serverless:DeleteNamespace": _namespace,
    "redshift-serverless:DeleteWorkgroup": _workgroup,
    "redshift-serverless:GetCredentials": _workgroup,
    "redshift-serverless:GetNamespace": _namespace,
    "redshift-serverless:GetWorkgroup": _workgroup,
    "redshift-serverless:UpdateNamespace": _namespace,
    "redshift-serverless:UpdateWorkgroup": _workgroup,
    "redshift-data:BatchExecuteStatement": _data_api_target,
    "redshift-data:ExecuteStatement": _data_api_target,
    "sagemaker:AddTags": _TAGGED,
    "sagemaker:BatchGetRecord": _feature_groups,
    "sagemaker:CreateAutoMLJob": _AUTOML_JOB,
    "sagemaker:CreateEndpoint": _endpoint_and_config,
    "sagemaker:CreateEndpointConfig": _ENDPOINT_CONFIG,
    "sagemaker:CreateFeatureGroup": _feature_group,
    "sagemaker:CreateHyperParameterTuningJob": _TUNING_JOB,
    "sagemaker:CreateModel": _model,
    "sagemaker:CreateModelPackage": _package,
    "sagemaker:CreateModelPackageGroup": _GROUP,
    "sagemaker:CreatePipeline": _PIPELINE,
    "sagemaker:CreateProcessingJob": named("sagemaker", "processing-job/", "ProcessingJobName"),
    "sagemaker:CreateTrainingJob": named("sagemaker", "training-job/", "TrainingJobName"),
    "sagemaker:CreateTransformJob": named("sagemaker", "transform-job/", "TransformJobName"),
    "sagemaker:DeleteEndpoint": _ENDPOINT,
    "sagemaker:DeleteEndpointConfig": _ENDPOINT_CONFIG,
    "sagemaker:DeleteFeatureGroup": _feature_group,
    "sagemaker:DeleteModel": named("sagemaker", "model/", "ModelName"),
    "sagemaker:DeleteModelPackage": _package,
    "sagemaker:DeleteModelPackageGroup": _GROUP,
    "sagemaker:DeletePipeline": _PIPELINE,
    "sagemaker:DeleteRecord": _feature_group,
    "sagemaker:DeleteTags": _TAGGED,
    "sagemaker:DescribeAction": named("sagemaker", "action/", "ActionName"),
    "sagemaker:DescribeArtifact": named("sagemaker", "artifact/", "ArtifactArn"),
    "sagemaker:DescribeAutoMLJob": _AUTOML_JOB,
    "sagemaker:DescribeContext": named("sagemaker", "context/", "ContextName"),
    "sagemaker:DescribeEndpoint": _ENDPOINT,
    "sagemaker:DescribeEndpointConfig": _ENDPOINT_CONFIG,
    "sagemaker:DescribeFeatureGroup": _feature_group,
    "sagemaker:DescribeHyperParameterTuningJob": _TUNING_JOB,
    "sagemaker:DescribeImageVersion": named("sagemaker", "image-version/", "ImageName"),
    "sagemaker:DescribeModel": named("sagemaker", "model/", "ModelName"),
    "sagemaker:DescribeModelPackage": _package,
    "sagemaker:DescribeModelPackageGroup": _GROUP,
    "sagemaker:DescribePipeline": _PIPELINE,
    "sagemaker:DescribePipelineDefinitionForExecution": _EXECUTION,
    "sagemaker:DescribePipelineExecution": _EXECUTION,
    "sagemaker:DescribeProcessingJob": named("sagemaker", "processing-job/", "ProcessingJobName"),
    "sagemaker:DescribeTrainingJob": named("sagemaker", "training-job/", "TrainingJobName"),
    "sagemaker:DescribeTransformJob": named("sagemaker", "transform-job/", "TransformJobName"),
    "sagemaker:DescribeTrialComponent": named(
        "sagemaker", "experiment-trial-component/", "TrialComponentName"
    ),
    "sagemaker:GetRecord": _feature_group,
    "sagemaker:InvokeEndpoint": _ENDPOINT,
    "sagemaker:ListModelPackages": _packages,
    "sagemaker:ListPipelineExecutionSteps": _EXECUTION,
    "sagemaker:ListPipelineExecutions": _PIPELINE,
    "sagemaker:ListPipelineParametersForExecution": _EXECUTION,
    "sagemaker:ListPipelineVersions": _PIPELINE,
    "sagemaker:ListTags": _TAGGED,
    "sagemaker:ListTrainingJobsForHyperParameterTuningJob": _TUNING_JOB,
    "sagemaker:PutRecord": _feature_group,
    "sagemaker:RetryPipelineExecution": _EXECUTION,
    "sagemaker:SendPipelineExecutionStepFailure": _callback,
    "sagemaker:SendPipelineExecutionStepSuccess": _callback,
    "sagemaker:StartPipelineExecution": _PIPELINE,
    "sagemaker:StopAutoMLJob": _AUTOML_JOB,
    "sagemaker:StopHyperParameterTuningJob": _TUNING_JOB,
    "sagemaker:StopPipelineExecution": _EXECUTION,
    "sagemaker:StopProcessingJob": named("sagemaker", "processing-job/", "ProcessingJobName"),
    "sagemaker:StopTrainingJob": named("sagemaker", "training-job/", "TrainingJobName"),
    "sagemaker:StopTransformJob": named("sagemaker", "transform-job/", "TransformJobName"),
    "sagemaker:UpdateEndpoint": _endpoint_and_config,
    "sagemaker:UpdateEndpointWeightsAndCapacities": _ENDPOINT,
    "sagemaker:UpdateFeatureGroup": _feature_group,
    "sagemaker:UpdateModelPackage": named("sagemaker", "", "ModelPackageArn"),
    "sagemaker:UpdatePipeline": _PIPELINE,
    "sagemaker:UpdatePipelineExecution": _EXECUTION,
    "sagemaker:UpdatePipelineVersion": named("sagemaker", "", "PipelineArn"),
    "secretsmanager:DescribeSecret": _secret,
    "secretsmanager:GetSecretValue": _secret,
    "sns:Publish": named("sns", "", "TopicArn"),
    "sqs:ChangeMessageVisibility": _queue,
    "sqs:DeleteMessage": _queue,
    "sqs:GetQueueAttributes": _queue,
    "sqs:ReceiveMessage": _queue,
    "sqs:SendMessage": _queue,
    "sts:AssumeRole": named("iam", "role/", "RoleArn"),
}
# Service -> the function for all its actions, if they identify the resource in the same way.
_OF_SERVICES: Mapping[str, Callable[[AuthorizationRequest], list[str]]] = {
    "ecr": named("ecr", "repository/", "repositoryName"),
    "kms": _key,
}
