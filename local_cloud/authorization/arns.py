"""On which resources an action acts: the ARNs that a role's policy must name.

An action that is not here is checked by its name alone.
https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Request:
    """A call: `service:Action`, where, and a way to its parameters."""

    action: str
    region: str
    account: str
    parameter: Callable[[str], Any]

    def arn(self, service: str, rest: str) -> str:
        """An ARN in this region and account."""
        return f"arn:aws:{service}:{self.region}:{self.account}:{rest}"


def resources_of(request: Request) -> list[str | None]:
    """The ARNs that the call acts on; [None] where they are not known."""
    find = _FINDERS.get(request.action)
    found = [] if find is None else find(request)
    return list(found) or [None]


def passed_roles(request: Request) -> list[str]:
    """The roles that the call hands to a service, which needs iam:PassRole."""
    if request.action.partition(":")[0] not in ("events", "lambda", "sagemaker"):
        return []
    given = (request.parameter(name) for name in ("RoleArn", "ExecutionRoleArn", "Role"))
    return [role for role in given if isinstance(role, str) and role.startswith("arn:")]


def _named(service: str, prefix: str, parameter: str) -> Callable[[Request], list[str]]:
    """A finder for `arn:…:service:…:prefix<name>`, where the parameter is a name or an ARN."""

    def find(request: Request) -> list[str]:
        given = request.parameter(parameter)
        if not isinstance(given, str):
            return []
        return [given if given.startswith("arn:") else request.arn(service, prefix + given)]

    return find


def _credentials(request: Request) -> list[str]:
    cluster = request.parameter("ClusterIdentifier")
    found = [request.arn("redshift", f"dbuser:{cluster}/{request.parameter('DbUser')}")]
    database = request.parameter("DbName")
    return found + ([request.arn("redshift", f"dbname:{cluster}/{database}")] if database else [])


def _glue_database(request: Request) -> list[str]:
    """The catalogue and the database: Glue asks for rights on each level above, too."""
    name = request.parameter("Name") or request.parameter("DatabaseName")
    return [request.arn("glue", "catalog"), request.arn("glue", f"database/{name}")]


def _glue_table(request: Request) -> list[str]:
    database = request.parameter("DatabaseName")
    above = [request.arn("glue", "catalog"), request.arn("glue", f"database/{database}")]
    return [*above, request.arn("glue", f"table/{database}/{request.parameter('Name')}")]


def _queue(request: Request) -> list[str]:
    url = request.parameter("QueueUrl")
    return [request.arn("sqs", url.rpartition("/")[2])] if url else []


def _log_stream(request: Request) -> list[str]:
    group, stream = request.parameter("logGroupName"), request.parameter("logStreamName")
    if not group:
        return []
    return [request.arn("logs", f"log-group:{group}:log-stream:{stream or ''}")]


def _log_group(request: Request) -> list[str]:
    group = request.parameter("logGroupName")
    return [request.arn("logs", f"log-group:{group}:*")] if group else []


def _secret(request: Request) -> list[str]:
    secret = request.parameter("SecretId")
    if not isinstance(secret, str):
        return []
    # By name the service finds the secret's random suffix, which policies write as -??????.
    named = request.arn("secretsmanager", f"secret:{secret}-aaaaaa")
    return [secret if secret.startswith("arn:") else named]


_FINDERS: Mapping[str, Callable[[Request], list[str]]] = {
    "glue:GetDatabase": _glue_database,
    "glue:GetTable": _glue_table,
    "lambda:InvokeFunction": _named("lambda", "function:", "FunctionName"),
    "logs:CreateLogGroup": _log_group,
    "logs:CreateLogStream": _log_group,
    "logs:PutLogEvents": _log_stream,
    "redshift:GetClusterCredentials": _credentials,
    "redshift-data:BatchExecuteStatement": _named("redshift", "cluster:", "ClusterIdentifier"),
    "redshift-data:ExecuteStatement": _named("redshift", "cluster:", "ClusterIdentifier"),
    "sagemaker:CreateModel": _named("sagemaker", "model/", "ModelName"),
    "sagemaker:CreateProcessingJob": _named("sagemaker", "processing-job/", "ProcessingJobName"),
    "sagemaker:CreateTrainingJob": _named("sagemaker", "training-job/", "TrainingJobName"),
    "sagemaker:CreateTransformJob": _named("sagemaker", "transform-job/", "TransformJobName"),
    "sagemaker:DescribeModel": _named("sagemaker", "model/", "ModelName"),
    "sagemaker:DescribeProcessingJob": _named("sagemaker", "processing-job/", "ProcessingJobName"),
    "sagemaker:DescribeTrainingJob": _named("sagemaker", "training-job/", "TrainingJobName"),
    "sagemaker:StartPipelineExecution": _named("sagemaker", "pipeline/", "PipelineName"),
    "sagemaker:StopProcessingJob": _named("sagemaker", "processing-job/", "ProcessingJobName"),
    "sagemaker:StopTrainingJob": _named("sagemaker", "training-job/", "TrainingJobName"),
    "secretsmanager:DescribeSecret": _secret,
    "secretsmanager:GetSecretValue": _secret,
    "sns:Publish": _named("sns", "", "TopicArn"),
    "sqs:SendMessage": _queue,
    "sts:AssumeRole": _named("iam", "role/", "RoleArn"),
}
