"""Lists all resources of a laptop cloud by type and name, with and without a stack."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from tests.integration.laptop import Laptop

# service, operation, its list, and the member that identifies an entry
LISTED = (
    ("cloudwatch", "describe_alarms", "MetricAlarms", "AlarmName"),
    ("ec2", "describe_flow_logs", "FlowLogs", "FlowLogId"),
    ("ec2", "describe_internet_gateways", "InternetGateways", "InternetGatewayId"),
    ("ec2", "describe_route_tables", "RouteTables", "RouteTableId"),
    ("ec2", "describe_security_groups", "SecurityGroups", "GroupId"),
    ("ec2", "describe_subnets", "Subnets", "SubnetId"),
    ("ec2", "describe_vpcs", "Vpcs", "VpcId"),
    ("events", "list_rules", "Rules", "Name"),
    ("glue", "get_databases", "DatabaseList", "Name"),
    ("iam", "list_policies", "Policies", "PolicyName"),
    ("iam", "list_roles", "Roles", "RoleName"),
    ("kms", "list_aliases", "Aliases", "AliasName"),
    ("kms", "list_keys", "Keys", "KeyId"),
    ("lambda", "list_event_source_mappings", "EventSourceMappings", "UUID"),
    ("lambda", "list_functions", "Functions", "FunctionName"),
    ("logs", "describe_log_groups", "logGroups", "logGroupName"),
    ("redshift", "describe_cluster_parameter_groups", "ParameterGroups", "ParameterGroupName"),
    ("redshift", "describe_cluster_snapshots", "Snapshots", "SnapshotIdentifier"),
    (
        "redshift",
        "describe_cluster_subnet_groups",
        "ClusterSubnetGroups",
        "ClusterSubnetGroupName",
    ),
    ("redshift", "describe_clusters", "Clusters", "ClusterIdentifier"),
    ("s3", "list_buckets", "Buckets", "Name"),
    (
        "sagemaker",
        "list_model_package_groups",
        "ModelPackageGroupSummaryList",
        "ModelPackageGroupArn",
    ),
    ("sagemaker", "list_endpoint_configs", "EndpointConfigs", "EndpointConfigName"),
    ("sagemaker", "list_endpoints", "Endpoints", "EndpointName"),
    ("sagemaker", "list_models", "Models", "ModelName"),
    ("sagemaker", "list_pipelines", "PipelineSummaries", "PipelineName"),
    ("secretsmanager", "list_secrets", "SecretList", "Name"),
    ("sns", "list_subscriptions", "Subscriptions", "SubscriptionArn"),
    ("sns", "list_topics", "Topics", "TopicArn"),
    ("ssm", "describe_parameters", "Parameters", "Name"),
)


def inventory(laptop: Laptop) -> set[tuple[str, str]]:
    """Return all resources as (service and list, name), without those of `cdk bootstrap`."""
    found = {(f"{service} {member}", name) for service, member, name in _listed(laptop)}
    queues = laptop.client("sqs").list_queues().get("QueueUrls", [])
    targets = laptop.client("application-autoscaling").describe_scalable_targets(
        ServiceNamespace="sagemaker"
    )["ScalableTargets"]
    found |= {("sqs Queues", url) for url in queues}
    found |= {("autoscaling", each["ResourceId"]) for each in targets}
    bootstrapped = _bootstrapped(laptop)
    return {(kind, name) for kind, name in found if name not in bootstrapped}


def _listed(laptop: Laptop) -> Iterator[tuple[str, str, str]]:
    for service, operation, member, name in LISTED:
        client = laptop.client(service)
        scope = {"Scope": "Local"} if operation == "list_policies" else {}
        pages: Any = (
            client.get_paginator(operation).paginate(**scope)
            if client.can_paginate(operation)
            else [getattr(client, operation)(**scope)]
        )
        for page in pages:
            for entry in page[member]:
                yield service, member, entry[name]


def _bootstrapped(laptop: Laptop) -> set[str]:
    client = laptop.client("cloudformation")
    stacks = {stack["StackName"] for stack in client.describe_stacks()["Stacks"]}
    if "CDKToolkit" not in stacks:
        return set()
    listed = client.list_stack_resources(StackName="CDKToolkit")["StackResourceSummaries"]
    return {each["PhysicalResourceId"] for each in listed}
