"""What runs and services have made beside the stacks of an environment."""

from __future__ import annotations

from collections.abc import Iterator

from botocore.exceptions import ClientError

from operations.left import Left
from operations.place import Place

# SageMaker keeps the logs of all jobs of an account and region together.
_JOB_GROUPS = ("ProcessingJobs", "TrainingJobs", "TransformJobs")
_BOOTSTRAP = "CDKToolkit"


def left_by_runs(place: Place) -> Iterator[Left]:
    """What no template names; jobs' own records, which SageMaker keeps for good, are not listed."""
    yield from _models(place)
    yield from _endpoints(place)
    yield from _alarms(place)
    yield from _endpoint_logs(place)
    yield from _delivery_logs(place)
    yield from _snapshots(place)
    yield from _secrets(place)


def shared(place: Place) -> Iterator[Left]:
    """What this environment used together with others."""
    for kind in _JOB_GROUPS:
        for name in _log_groups(place, f"/aws/sagemaker/{kind}"):
            yield Left("shared", "AWS::Logs::LogGroup", name, "logs of all jobs of the region")
    try:
        stacks = place.clients("cloudformation").describe_stacks(StackName=_BOOTSTRAP)["Stacks"]
    except ClientError as error:
        if error.response["Error"]["Code"] != "ValidationError":
            raise
        return
    for stack in stacks:
        outputs = {each["OutputKey"]: each["OutputValue"] for each in stack.get("Outputs", [])}
        note = "assets of all CDK apps; `cdk gc` deletes those that no stack uses"
        yield Left("shared", "AWS::S3::Bucket", outputs["BucketName"], note)


def _models(place: Place) -> Iterator[Left]:
    """Models of batch runs by their tags, models and configurations of endpoints by name."""
    sagemaker = place.clients("sagemaker")
    for model in place.listed("sagemaker", "list_models", "Models", NameContains="pipelines-"):
        tags = {
            tag["Key"]: tag["Value"]
            for tag in sagemaker.list_tags(ResourceArn=model["ModelArn"])["Tags"]
        }
        if tags.get("Project") == "redline" and tags.get("Environment") == place.environment.name:
            note = f"made by a run of {tags.get('Pipeline', 'a pipeline')}"
            yield Left("made by runs", "AWS::SageMaker::Model", model["ModelName"], note)


def _endpoints(place: Place) -> Iterator[Left]:
    kinds = {
        "Endpoint": ("list_endpoints", "Endpoints"),
        "EndpointConfig": ("list_endpoint_configs", "EndpointConfigs"),
        "Model": ("list_models", "Models"),
    }
    for kind, (operation, member) in kinds.items():
        for each in place.listed("sagemaker", operation, member, NameContains=place.prefix):
            name = each[f"{kind}Name"]
            if name.startswith(place.prefix):
                note = "costs money until it is deleted" if kind == "Endpoint" else ""
                yield Left("made by runs", f"AWS::SageMaker::{kind}", name, note)


def _alarms(place: Place) -> Iterator[Left]:
    """Those by which Application Auto Scaling follows an endpoint's load."""
    prefix = f"TargetTracking-endpoint/{place.prefix}"
    found = place.listed("cloudwatch", "describe_alarms", "MetricAlarms", AlarmNamePrefix=prefix)
    for alarm in found:
        yield Left("made by runs", "AWS::CloudWatch::Alarm", alarm["AlarmName"])


def _endpoint_logs(place: Place) -> Iterator[Left]:
    for name in _log_groups(place, f"/aws/sagemaker/Endpoints/{place.prefix}"):
        yield Left("made by runs", "AWS::Logs::LogGroup", name, "what an endpoint's models said")


def _delivery_logs(place: Place) -> Iterator[Left]:
    """Where SNS, told to log deliveries, and the laptop always, say what became of alerts."""
    for name in _log_groups(place, f"sns/{place.environment.region}/"):
        if name.rpartition("/")[2].startswith(place.prefix):
            yield Left("made by runs", "AWS::Logs::LogGroup", name, "deliveries of alerts")


def _log_groups(place: Place, prefix: str) -> list[str]:
    groups = place.listed("logs", "describe_log_groups", "logGroups", logGroupNamePrefix=prefix)
    return [group["logGroupName"] for group in groups]


def _snapshots(place: Place) -> Iterator[Left]:
    """Snapshots of the cluster that somebody, or its deletion, has made."""
    found = place.listed(
        "redshift", "describe_cluster_snapshots", "Snapshots", SnapshotType="manual"
    )
    for snapshot in found:
        ours = snapshot["ClusterIdentifier"] == place.environment.warehouse_name
        if ours and snapshot["SnapshotType"] == "manual":
            yield Left(
                "retained",
                "AWS::Redshift::ClusterSnapshot",
                snapshot["SnapshotIdentifier"],
                f"the warehouse as it was on {snapshot['SnapshotCreateTime']:%Y-%m-%d}",
            )


def _secrets(place: Place) -> Iterator[Left]:
    """The administrator's password, which Redshift keeps in a secret of its own."""
    found = place.listed(
        "secretsmanager",
        "list_secrets",
        "SecretList",
        IncludePlannedDeletion=True,
        Filters=[{"Key": "name", "Values": [f"redshift!{place.environment.warehouse_name}-"]}],
    )
    for secret in found:
        waiting = "DeletedDate" in secret
        yield Left(
            "waiting for its end" if waiting else "retained",
            "AWS::SecretsManager::Secret",
            secret["Name"],
            "the warehouse's administrator",
        )
