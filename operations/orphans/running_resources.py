"""Lists what a stack runs, with the price or the unit of billing of each resource."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator

from botocore.exceptions import BotoCoreError, ClientError

from operations.environment_clients import EnvironmentClients
from operations.hourly_prices import (
    HourlyCost,
    cluster_nodes,
    endpoint_instances,
    interface_endpoints,
    nat_gateways,
    pricing_client,
)
from operations.orphans.orphaned_stacks import OrphanedStack
from prices import HOURS_PER_MONTH

_ACTIVE = ("Executing", "Stopping")
# Resource types of which only the number is shown -> how AWS bills them.
_COUNTED = {
    "AWS::CloudWatch::Alarm": "CloudWatch alarms, billed by the month",
    "AWS::KMS::Key": "KMS keys, billed by the month",
    "AWS::S3::Bucket": "S3 buckets, billed for their data",
}


def running_resources(aws: EnvironmentClients, stack: OrphanedStack) -> list[str]:
    """Return a line for each resource of the stack that runs or incurs cost."""
    resources = aws.list_all(
        "cloudformation",
        "list_stack_resources",
        "StackResourceSummaries",
        StackName=stack.stack_id,
    )
    existing = [
        each
        for each in resources
        if each.get("PhysicalResourceId") and each["ResourceStatus"] != "DELETE_COMPLETE"
    ]
    found = [
        line
        for each in existing
        if each["ResourceType"] in _DESCRIBE
        for line in _if_existing(_DESCRIBE[each["ResourceType"]], aws, each["PhysicalResourceId"])
    ]
    for endpoint in _endpoints(aws, stack):
        found += _if_existing(_endpoint, aws, endpoint)
    numbers = Counter(each["ResourceType"] for each in existing)
    return [
        *found,
        *(f"{numbers[kind]} {text}" for kind, text in _COUNTED.items() if numbers[kind]),
    ]


def _if_existing(
    describe: Callable[[EnvironmentClients, str], Iterator[str]], aws: EnvironmentClients, name: str
) -> list[str]:
    """Return the lines, or what could not be described: a listing must not fail a deployment."""
    try:
        return list(describe(aws, name))
    except ClientError as error:
        details = error.response["Error"]
        return [f"{name} was not described: {details['Code']}: {details['Message']}"]


def _rule(aws: EnvironmentClients, name: str) -> Iterator[str]:
    rule = aws.clients("events").describe_rule(Name=name)
    if schedule := rule.get("ScheduleExpression"):
        enabled = rule["State"] == "ENABLED"
        cost = "enabled; the jobs of each execution are billed" if enabled else "disabled"
        yield f"schedule rule {name}: {schedule}, {cost}"


def _schedule(aws: EnvironmentClients, name: str) -> Iterator[str]:
    """The app names the group of a schedule like the schedule."""
    schedule = aws.clients("scheduler").get_schedule(Name=name, GroupName=name)
    enabled = schedule["State"] == "ENABLED"
    cost = "enabled; the jobs of each execution are billed" if enabled else "disabled"
    when = f"{schedule['ScheduleExpression']} {schedule['ScheduleExpressionTimezone']}"
    yield f"schedule {name}: {when}, {cost}"


def _pipeline(aws: EnvironmentClients, name: str) -> Iterator[str]:
    executions = aws.list_all(
        "sagemaker",
        "list_pipeline_executions",
        "PipelineExecutionSummaries",
        PipelineName=name,
    )
    active = sum(each["PipelineExecutionStatus"] in _ACTIVE for each in executions)
    if active:
        yield f"pipeline {name}: {active} running executions; their jobs are billed"


def _cluster(aws: EnvironmentClients, name: str) -> Iterator[str]:
    (cluster,) = aws.clients("redshift").describe_clusters(ClusterIdentifier=name)["Clusters"]
    node_type, nodes = cluster["NodeType"], cluster["NumberOfNodes"]
    cost = _cost(aws, cluster_nodes(node_type, nodes))
    yield f"Redshift cluster {name}: {nodes} × {node_type}, {cost}"


def _workgroup(aws: EnvironmentClients, name: str) -> Iterator[str]:
    workgroup = aws.clients("redshift-serverless").get_workgroup(workgroupName=name)["workgroup"]
    capacity = workgroup["baseCapacity"]
    yield f"Redshift workgroup {name}: {capacity} RPUs, billed while queries run"


def _gateway(aws: EnvironmentClients, name: str) -> Iterator[str]:
    yield f"NAT gateway {name}, {_cost(aws, nat_gateways(1))} and by the GB"


def _vpc_endpoint(aws: EnvironmentClients, name: str) -> Iterator[str]:
    found = aws.clients("ec2").describe_vpc_endpoints(VpcEndpointIds=[name])
    (endpoint,) = found["VpcEndpoints"]
    if endpoint["VpcEndpointType"] == "Interface":
        zones = len(endpoint["SubnetIds"])
        cost = _cost(aws, interface_endpoints(zones))
        yield f"interface endpoint {name}: {zones} zones, {cost} and by the GB"


def _endpoints(aws: EnvironmentClients, stack: OrphanedStack) -> Iterator[str]:
    """Yield the endpoint that the stack's deployer creates: it is in an output, not a resource."""
    described = aws.clients("cloudformation").describe_stacks(StackName=stack.stack_id)
    for output in described["Stacks"][0].get("Outputs", []):
        if output["OutputKey"] == "EndpointName":
            yield output["OutputValue"]


def _endpoint(aws: EnvironmentClients, name: str) -> Iterator[str]:
    sagemaker = aws.clients("sagemaker")
    names = aws.list_all("sagemaker", "list_endpoints", "Endpoints", NameContains=name)
    if name not in [each["EndpointName"] for each in names]:
        return  # no model was approved yet
    endpoint = sagemaker.describe_endpoint(EndpointName=name)
    configuration = sagemaker.describe_endpoint_config(
        EndpointConfigName=endpoint["EndpointConfigName"]
    )
    # Absent while the endpoint is created.
    running = {
        each["VariantName"]: each["CurrentInstanceCount"]
        for each in endpoint.get("ProductionVariants", ())
    }
    for variant in configuration["ProductionVariants"]:
        instance_type = variant["InstanceType"]
        count = running.get(variant["VariantName"], variant["InitialInstanceCount"])
        cost = _cost(aws, endpoint_instances(instance_type, count))
        yield f"endpoint {name}: {endpoint['EndpointStatus']}, {count} × {instance_type}, {cost}"


def _cost(aws: EnvironmentClients, cost: HourlyCost) -> str:
    """Return the cost per hour and month, or "billed by the hour" if the price is unknown."""
    try:
        price = cost.price(pricing_client(aws), aws.region)
    except (BotoCoreError, ClientError):
        price = None
    if price is None:
        return "billed by the hour"
    hour = price * cost.units
    return f"${hour:,.2f} per hour, ${hour * HOURS_PER_MONTH:,.0f} a month"


_DESCRIBE: dict[str, Callable[[EnvironmentClients, str], Iterator[str]]] = {
    "AWS::EC2::NatGateway": _gateway,
    "AWS::EC2::VPCEndpoint": _vpc_endpoint,
    "AWS::Events::Rule": _rule,
    "AWS::Redshift::Cluster": _cluster,
    "AWS::RedshiftServerless::Workgroup": _workgroup,
    "AWS::SageMaker::Pipeline": _pipeline,
    "AWS::Scheduler::Schedule": _schedule,
}
