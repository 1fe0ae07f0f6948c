"""Finds resources of an environment that were created by executions and services, not by stacks."""

from __future__ import annotations

import re
from collections.abc import Iterator

from botocore.exceptions import ClientError

from operations.environment_clients import EnvironmentClients
from operations.remaining_resources import RemainingResource
from operations.stack_outputs import outputs_of

# SageMaker writes the logs of all jobs of an account and region to these log groups.
_JOB_LOG_GROUPS = ("ProcessingJobs", "TrainingJobs", "TransformJobs")
_BOOTSTRAP_STACK = "CDKToolkit"
# The alarms that roll back the deployment of a model version: <endpoint>-v<version>-<hash>-<name>.
_OF_DEPLOYMENT = re.compile(r"-v\d+-[0-9a-f]{8}-[a-z]+$")


def remaining_outside_stacks(aws: EnvironmentClients) -> Iterator[RemainingResource]:
    """List the resources that are in no template.

    Jobs are not listed, because SageMaker never deletes their descriptions.
    """
    yield from _models(aws)
    yield from _endpoints(aws)
    yield from _alarms(aws)
    yield from _endpoint_logs(aws)
    yield from _delivery_logs(aws)
    if aws.environment.warehouse_name:
        yield from _snapshots(aws, aws.environment.warehouse_name)
        yield from _secrets(aws, aws.environment.warehouse_name)


def shared_resources(aws: EnvironmentClients) -> Iterator[RemainingResource]:
    """List the resources that the environment shares with others."""
    for kind in _JOB_LOG_GROUPS:
        for name in _log_groups(aws, f"/aws/sagemaker/{kind}"):
            yield RemainingResource(
                "shared", "AWS::Logs::LogGroup", name, "logs of all jobs in the region"
            )
    try:
        stacks = aws.clients("cloudformation").describe_stacks(StackName=_BOOTSTRAP_STACK)["Stacks"]
    except ClientError as error:
        if error.response["Error"]["Code"] != "ValidationError":
            raise
        return
    for stack in stacks:
        note = "assets of all CDK apps; `cdk gc` deletes the unused ones"
        yield RemainingResource("shared", "AWS::S3::Bucket", outputs_of(stack)["BucketName"], note)


def _models(aws: EnvironmentClients) -> Iterator[RemainingResource]:
    """List the models of batch executions, which are found by their tags."""
    sagemaker = aws.clients("sagemaker")
    for model in aws.list_all("sagemaker", "list_models", "Models", NameContains="pipelines-"):
        tags = {
            tag["Key"]: tag["Value"]
            for tag in sagemaker.list_tags(ResourceArn=model["ModelArn"])["Tags"]
        }
        if tags.get("Project") == "redline" and tags.get("Environment") == aws.name:
            note = f"created by an execution of {tags.get('Pipeline', 'a pipeline')}"
            yield RemainingResource(
                "created by executions", "AWS::SageMaker::Model", model["ModelName"], note
            )


def _endpoints(aws: EnvironmentClients) -> Iterator[RemainingResource]:
    """List endpoints, their configurations and models, which are found by their names."""
    kinds = {
        "Endpoint": ("list_endpoints", "Endpoints"),
        "EndpointConfig": ("list_endpoint_configs", "EndpointConfigs"),
        "Model": ("list_models", "Models"),
    }
    for kind, (operation, member) in kinds.items():
        for each in aws.list_all("sagemaker", operation, member, NameContains=aws.prefix):
            name = each[f"{kind}Name"]
            if name.startswith(aws.prefix):
                note = "incurs cost until it is deleted" if kind == "Endpoint" else ""
                yield RemainingResource(
                    "created by executions", f"AWS::SageMaker::{kind}", name, note
                )


def _alarms(aws: EnvironmentClients) -> Iterator[RemainingResource]:
    """List the alarms of Application Auto Scaling and of deployments of endpoints."""
    of_scaling = _alarm_names(aws, f"TargetTracking-endpoint/{aws.prefix}")
    of_deployments = filter(_OF_DEPLOYMENT.search, _alarm_names(aws, aws.prefix))
    for name in (*of_scaling, *of_deployments):
        yield RemainingResource("created by executions", "AWS::CloudWatch::Alarm", name)


def _alarm_names(aws: EnvironmentClients, prefix: str) -> list[str]:
    found = aws.list_all("cloudwatch", "describe_alarms", "MetricAlarms", AlarmNamePrefix=prefix)
    return [alarm["AlarmName"] for alarm in found]


def _endpoint_logs(aws: EnvironmentClients) -> Iterator[RemainingResource]:
    for name in _log_groups(aws, f"/aws/sagemaker/Endpoints/{aws.prefix}"):
        yield RemainingResource(
            "created by executions", "AWS::Logs::LogGroup", name, "logs of an endpoint"
        )


def _delivery_logs(aws: EnvironmentClients) -> Iterator[RemainingResource]:
    """List the delivery logs of SNS: on AWS only if they are enabled, on the laptop always."""
    for name in _log_groups(aws, f"sns/{aws.region}/"):
        if name.rpartition("/")[2].startswith(aws.prefix):
            yield RemainingResource(
                "created by executions", "AWS::Logs::LogGroup", name, "delivery logs of alerts"
            )


def _log_groups(aws: EnvironmentClients, prefix: str) -> list[str]:
    groups = aws.list_all("logs", "describe_log_groups", "logGroups", logGroupNamePrefix=prefix)
    return [group["logGroupName"] for group in groups]


def _snapshots(aws: EnvironmentClients, warehouse: str) -> Iterator[RemainingResource]:
    """List the manual snapshots of the cluster and its final snapshot."""
    found = aws.list_all(
        "redshift", "describe_cluster_snapshots", "Snapshots", SnapshotType="manual"
    )
    for snapshot in found:
        of_cluster = snapshot["ClusterIdentifier"] == warehouse
        if of_cluster and snapshot["SnapshotType"] == "manual":
            yield RemainingResource(
                "retained",
                "AWS::Redshift::ClusterSnapshot",
                snapshot["SnapshotIdentifier"],
                f"the data of the warehouse on {snapshot['SnapshotCreateTime']:%Y-%m-%d}",
            )


def _secrets(aws: EnvironmentClients, warehouse: str) -> Iterator[RemainingResource]:
    """List the secret with the administrator's password, which Redshift manages."""
    found = aws.list_all(
        "secretsmanager",
        "list_secrets",
        "SecretList",
        IncludePlannedDeletion=True,
        Filters=[{"Key": "name", "Values": [f"redshift!{warehouse}-"]}],
    )
    for secret in found:
        pending = "DeletedDate" in secret
        yield RemainingResource(
            "pending deletion" if pending else "retained",
            "AWS::SecretsManager::Secret",
            secret["Name"],
            "the password of the warehouse's administrator",
        )
