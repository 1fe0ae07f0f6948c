"""How each resource type of the templates is billed while nothing runs.

A type is in exactly one of three tables: `_CHARGED` (billed although it is idle), `BILLED_BY_USE`
(nothing is billed while nothing uses it) and `FREE`. A type in none of them is an error.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from operations import OperationError
from operations.assembly import Assembly, Resource
from operations.preflight.definitions import EndpointInstances, endpoints


@dataclass(frozen=True)
class Charge:
    """`units` of what the price `price` of the table is for."""

    description: str
    units: int
    price: str


# Resource type -> what is billed when it is used.
BILLED_BY_USE: Mapping[str, str] = {
    "AWS::Athena::WorkGroup": "TB that queries scan",
    "AWS::CodeBuild::Project": "minutes of builds",
    "AWS::CodePipeline::Pipeline": "minutes of actions",
    "AWS::EC2::FlowLog": "GB of logs",
    # https://aws.amazon.com/ecr/pricing/
    "AWS::ECR::Repository": "GB of images",
    # https://aws.amazon.com/glue/pricing/: at least 10 minutes for each crawl.
    "AWS::Glue::Crawler": "DPU-hours of crawls, at least 10 minutes each",
    "AWS::Glue::Database": "objects above the free million",
    "AWS::Glue::Table": "objects above the free million",
    "AWS::Lambda::Function": "requests and GB-seconds",
    "AWS::Logs::LogGroup": "GB of logs",
    "AWS::RedshiftServerless::Namespace": "GB of data",
    "AWS::RedshiftServerless::Workgroup": "RPU-hours while queries run",
    "AWS::S3::Bucket": "GB of data and requests",
    "AWS::SNS::Topic": "notifications",
    "AWS::SQS::Queue": "requests",
    "AWS::SageMaker::Domain": "instance hours of the apps that users start, and GB of their spaces",
    "AWS::SageMaker::FeatureGroup": "reads, writes and GB of data",
    "AWS::SageMaker::Pipeline": "the jobs of its executions",
}
FREE = frozenset(
    {
        "AWS::CodeConnections::Connection",
        # Budgets without actions: https://aws.amazon.com/aws-cost-management/aws-budgets/pricing/
        "AWS::Budgets::Budget",
        *("AWS::EC2::InternetGateway", "AWS::EC2::Route", "AWS::EC2::RouteTable"),
        *("AWS::EC2::SecurityGroup", "AWS::EC2::SecurityGroupEgress"),
        *("AWS::EC2::SecurityGroupIngress", "AWS::EC2::Subnet"),
        *("AWS::EC2::SubnetRouteTableAssociation", "AWS::EC2::VPC"),
        *("AWS::EC2::VPCGatewayAttachment", "AWS::Events::Rule", "AWS::IAM::InstanceProfile"),
        "AWS::IAM::ManagedPolicy",
        *("AWS::IAM::Policy", "AWS::IAM::Role", "AWS::KMS::Alias"),
        *("AWS::Lambda::EventSourceMapping", "AWS::Lambda::Permission"),
        *("AWS::Redshift::ClusterParameterGroup", "AWS::Redshift::ClusterSubnetGroup"),
        "AWS::Redshift::ScheduledAction",
        *("AWS::S3::BucketPolicy", "AWS::SNS::Subscription", "AWS::SNS::TopicPolicy"),
        *("AWS::SQS::QueuePolicy", "AWS::SageMaker::ModelPackageGroup"),
        *("AWS::SageMaker::StudioLifecycleConfig", "AWS::SageMaker::UserProfile"),
        # A custom resource is a call of its function, which has its own entry.
        *("Custom::BuildImage", "Custom::EmptyDomain"),
        *("Custom::EmptyBucket", "Custom::EmptyEndpoint", "Custom::EmptyModelPackageGroup"),
        *("Custom::EmptyModels", "Custom::WarehouseMigrations"),
    }
)


def charges_of(resource: Resource) -> Iterator[Charge]:
    """Yield what is billed for an idle resource; nothing if it is free or billed by use.

    Raises:
        OperationError: the type is in no table.
    """
    if resource.kind in _CHARGED:
        yield from _CHARGED[resource.kind](resource.properties)
    elif resource.kind in BILLED_BY_USE:
        yield from _managed_secret(resource.properties)
    elif resource.kind not in FREE:
        raise OperationError(
            f"{resource.kind} of {resource.stack} has no entry in "
            "operations/cost/resource_costs.py: add how AWS bills it"
        )


def endpoint_charges(needs: Assembly) -> Iterator[tuple[EndpointInstances, Charge]]:
    """Yield the charge of each endpoint: deployers create endpoints, not the templates."""
    for each in endpoints(needs):
        text = f"endpoint, {each.initial} × {each.type}, once a version is approved"
        yield each, Charge(text, each.initial, f"hosting {each.type}")


def _alarm(properties: Mapping[str, Any]) -> Iterator[Charge]:
    metrics = [each for each in properties.get("Metrics", ()) if "MetricStat" in each]
    yield Charge("CloudWatch alarm", len(metrics) or 1, "alarm metric")


def _dashboard(_: Mapping[str, Any]) -> Iterator[Charge]:
    yield Charge("CloudWatch dashboard (three per account are free)", 1, "dashboard")


def _address(_: Mapping[str, Any]) -> Iterator[Charge]:
    yield Charge("public IPv4 address", 1, "public IPv4 address")


def _gateway(_: Mapping[str, Any]) -> Iterator[Charge]:
    yield Charge("NAT gateway (and each GB)", 1, "NAT gateway")


def _vpc_endpoint(properties: Mapping[str, Any]) -> Iterator[Charge]:
    """Yield the charge of an interface endpoint. A gateway endpoint is free."""
    if properties.get("VpcEndpointType") == "Interface":
        service = str(properties["ServiceName"]).split(".", 3)[-1]
        zones = len(properties["SubnetIds"])
        text = f"interface endpoint {service}, {zones} zones (and each GB)"
        yield Charge(text, zones, "interface endpoint")


def _key(_: Mapping[str, Any]) -> Iterator[Charge]:
    yield Charge("KMS key (and requests)", 1, "KMS key")


def _cluster(properties: Mapping[str, Any]) -> Iterator[Charge]:
    node, number = properties["NodeType"], int(properties.get("NumberOfNodes", 1))
    text = f"Redshift cluster, {number} × {node} (and each GB)"
    yield Charge(text, number, f"Redshift node {node}")
    yield from _managed_secret(properties)


def _managed_secret(properties: Mapping[str, Any]) -> Iterator[Charge]:
    """Yield the secret with the administrator's password, which Redshift creates."""
    if properties.get("ManageMasterPassword") or properties.get("ManageAdminPassword"):
        yield Charge("secret of the administrator", 1, "secret")


_CHARGED: dict[str, Callable[[Mapping[str, Any]], Iterator[Charge]]] = {
    "AWS::CloudWatch::Alarm": _alarm,
    "AWS::CloudWatch::Dashboard": _dashboard,
    "AWS::EC2::EIP": _address,
    "AWS::EC2::NatGateway": _gateway,
    "AWS::EC2::VPCEndpoint": _vpc_endpoint,
    "AWS::KMS::Key": _key,
    "AWS::Redshift::Cluster": _cluster,
}
