"""The roles that a call passes to a service. The caller needs iam:PassRole for each role.

https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_use_passrole.html
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from local_cloud.authorization.authorization_request import AuthorizationRequest
from local_cloud.authorization.iam_roles import role_named
from local_cloud.authorization.instance_profiles import profile_role

# Action -> (the parameter with the ARN of a role, the service that receives the role). Brackets
# around a name mean that it is a member of each item of a list; `a.b` is the member b of a.
_PASSED: Mapping[str, tuple[tuple[str, str], ...]] = {
    "application-autoscaling:RegisterScalableTarget": (
        ("RoleARN", "application-autoscaling.amazonaws.com"),
    ),
    "cloudformation:ContinueUpdateRollback": (("RoleARN", "cloudformation.amazonaws.com"),),
    "cloudformation:CreateChangeSet": (("RoleARN", "cloudformation.amazonaws.com"),),
    "cloudformation:CreateStack": (("RoleARN", "cloudformation.amazonaws.com"),),
    "cloudformation:DeleteStack": (("RoleARN", "cloudformation.amazonaws.com"),),
    "cloudformation:UpdateStack": (("RoleARN", "cloudformation.amazonaws.com"),),
    "codebuild:CreateProject": (("serviceRole", "codebuild.amazonaws.com"),),
    "codebuild:UpdateProject": (("serviceRole", "codebuild.amazonaws.com"),),
    "ec2:CreateFlowLogs": (("DeliverLogsPermissionArn", "vpc-flow-logs.amazonaws.com"),),
    "emr-serverless:StartJobRun": (("executionRoleArn", "emr-serverless.amazonaws.com"),),
    "events:PutRule": (("RoleArn", "events.amazonaws.com"),),
    "events:PutTargets": (("Targets[RoleArn]", "events.amazonaws.com"),),
    "glue:CreateCrawler": (("Role", "glue.amazonaws.com"),),
    "glue:UpdateCrawler": (("Role", "glue.amazonaws.com"),),
    "lambda:CreateFunction": (("Role", "lambda.amazonaws.com"),),
    "lambda:UpdateFunctionConfiguration": (("Role", "lambda.amazonaws.com"),),
    "redshift-serverless:CreateNamespace": (("iamRoles[]", "redshift-serverless.amazonaws.com"),),
    "redshift-serverless:UpdateNamespace": (("iamRoles[]", "redshift-serverless.amazonaws.com"),),
    "redshift:CreateScheduledAction": (("IamRole", "scheduler.redshift.amazonaws.com"),),
    "redshift:ModifyScheduledAction": (("IamRole", "scheduler.redshift.amazonaws.com"),),
    "redshift:CreateCluster": (("IamRoles[]", "redshift.amazonaws.com"),),
    "redshift:ModifyClusterIamRoles": (("AddIamRoles[]", "redshift.amazonaws.com"),),
    "sagemaker:CreateAutoMLJob": (("RoleArn", "sagemaker.amazonaws.com"),),
    "sagemaker:CreateDomain": (
        ("DefaultUserSettings.ExecutionRole", "sagemaker.amazonaws.com"),
        ("DefaultSpaceSettings.ExecutionRole", "sagemaker.amazonaws.com"),
    ),
    "sagemaker:CreateEndpointConfig": (("ExecutionRoleArn", "sagemaker.amazonaws.com"),),
    "sagemaker:CreateFeatureGroup": (("RoleArn", "sagemaker.amazonaws.com"),),
    "sagemaker:CreateHyperParameterTuningJob": (
        ("TrainingJobDefinition.RoleArn", "sagemaker.amazonaws.com"),
        ("TrainingJobDefinitions[RoleArn]", "sagemaker.amazonaws.com"),
    ),
    "sagemaker:CreateModel": (("ExecutionRoleArn", "sagemaker.amazonaws.com"),),
    "sagemaker:CreatePipeline": (("RoleArn", "sagemaker.amazonaws.com"),),
    "sagemaker:CreateProcessingJob": (("RoleArn", "sagemaker.amazonaws.com"),),
    "sagemaker:CreateTrainingJob": (("RoleArn", "sagemaker.amazonaws.com"),),
    "sagemaker:UpdatePipeline": (("RoleArn", "sagemaker.amazonaws.com"),),
    "scheduler:CreateSchedule": (("Target.RoleArn", "scheduler.amazonaws.com"),),
    "scheduler:UpdateSchedule": (("Target.RoleArn", "scheduler.amazonaws.com"),),
}


def passed_roles(request: AuthorizationRequest) -> list[tuple[str, str]]:
    """Return the ARNs of the roles that the call passes, each with the receiving service."""
    if request.action == "elasticmapreduce:RunJobFlow":
        return _of_cluster(request)
    return [
        (arn, service)
        for parameter, service in _PASSED.get(request.action, ())
        for role in _values(request, parameter)
        if isinstance(role, str) and (arn := _arn(role, request.account))
    ]


def _arn(role: str, account: str) -> str | None:
    """Return the ARN of a role, which some requests may give as a name; None if no role has it.

    https://docs.aws.amazon.com/glue/latest/webapi/API_CreateCrawler.html (Role)
    """
    if role.startswith("arn:"):
        return role
    found = role_named(role.rpartition("/")[2], account)
    return None if found is None else str(found.arn)


def _of_cluster(request: AuthorizationRequest) -> list[tuple[str, str]]:
    """Return the roles of a new cluster: that of EMR, and that of the profile of its instances.

    https://docs.aws.amazon.com/emr/latest/ManagementGuide/emr-iam-roles.html
    """
    service = role_named(str(request.parameter("ServiceRole")).rpartition("/")[2], request.account)
    instances = profile_role(str(request.parameter("JobFlowRole")), request.account)
    passed = (
        (service and str(service.arn), "elasticmapreduce.amazonaws.com"),
        (instances, "ec2.amazonaws.com"),
    )
    return [(role, to) for role, to in passed if role]


def _values(request: AuthorizationRequest, parameter: str) -> list[Any]:
    if "." in parameter:
        name, _, member = parameter.partition(".")
        value = request.parameter(name)
        return [value.get(member)] if isinstance(value, Mapping) else []
    name, bracket, member = parameter.removesuffix("]").partition("[")
    value = request.parameter(name)
    if not bracket:
        return [value]
    items = value if isinstance(value, list) else []
    return [item.get(member) for item in items] if member else items
