"""The VPC of an `ExistingNetwork`, without lookups."""

from __future__ import annotations

from typing import Any

import aws_cdk as cdk
from aws_cdk import aws_ec2 as ec2

from stacks.common.existing_resources import expect
from stacks.network.endpoint_services import ENDPOINT_SERVICES
from stacks.network.existing_network import ExistingNetwork

ANYWHERE = "0.0.0.0/0"


def existing_vpc(stack: cdk.Stack, name: str, network: ExistingNetwork) -> ec2.IVpc:
    """Return the VPC with its private subnets, in the order of the settings."""
    _expect(stack, network)
    return ec2.Vpc.from_vpc_attributes(
        stack,
        name,
        vpc_id=network.vpc_id,
        vpc_cidr_block=network.cidr,
        availability_zones=list(network.availability_zones),
        isolated_subnet_ids=list(network.private_subnet_ids),
    )


def _expect(stack: cdk.Stack, network: ExistingNetwork) -> None:
    """List the VPC, its subnets, and the ways to AWS that jobs use."""
    vpc = {"VpcId": network.vpc_id}
    dns = {"EnableDnsHostnames": True, "EnableDnsSupport": True}
    expect(stack, "AWS::EC2::VPC", network.vpc_id, {"CidrBlock": network.cidr, **dns})
    zones = zip(network.private_subnet_ids, network.availability_zones, strict=True)
    for subnet, zone in zones:
        where = "AvailabilityZoneId" if "-az" in zone else "AvailabilityZone"
        expect(stack, "AWS::EC2::Subnet", subnet, {**vpc, where: zone})
    if network.internet:
        route = {
            "DestinationCidrBlock": ANYWHERE,
            "SubnetIds": list(network.private_subnet_ids),
        }
        expect(stack, "AWS::EC2::Route", ANYWHERE, route)
        return
    _expect_endpoint(stack, network, "s3", "Gateway")
    for service in network.endpoints:
        _expect_endpoint(stack, network, ENDPOINT_SERVICES[service], "Interface")


def _expect_endpoint(stack: cdk.Stack, network: ExistingNetwork, service: str, kind: str) -> None:
    name = f"com.amazonaws.{stack.region}.{service}"
    properties: dict[str, Any] = {
        "ServiceName": name,
        "SubnetIds": list(network.private_subnet_ids),
        "VpcEndpointType": kind,
        "VpcId": network.vpc_id,
    }
    expect(stack, "AWS::EC2::VPCEndpoint", name, properties)
