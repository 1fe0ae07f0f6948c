"""A VPC whose workloads have no public addresses."""

from __future__ import annotations

from collections.abc import Sequence
from ipaddress import IPv4Network
from typing import Any, cast

import aws_cdk as cdk
import jsii
from aws_cdk import aws_ec2 as ec2
from constructs import Construct

from stacks.common.acknowledge import acknowledge
from stacks.config import Network
from stacks.network.endpoint_policies import image_layers, own_account, results_of

PRIVATE, PUBLIC = "Private", "Public"


@jsii.implements(ec2.IIpAddresses)
class _Addresses:
    """The addresses of the settings, for CDK's VPC."""

    def __init__(self, network: Network) -> None:
        self._network = network

    def allocate_vpc_cidr(self) -> ec2.VpcIpamOptions:
        """Return the first range of the VPC."""
        return ec2.VpcIpamOptions(cidr_block=self._network.cidr)

    def allocate_subnets_cidr(self, *, requested_subnets: Any, vpc_cidr: str) -> Any:
        """Return the ranges of the subnets that CDK requests by name, in the order of the zones."""
        ranges = {
            PRIVATE: iter(self._network.private_ranges),
            PUBLIC: iter(self._network.public_ranges),
        }
        names = [each.configuration.name for each in requested_subnets]
        return ec2.SubnetIpamOptions(
            allocated_subnets=[ec2.AllocatedSubnet(cidr=next(ranges[name])) for name in names]
        )


def private_vpc(
    scope: Construct, name: str, network: Network, *, result_buckets: Sequence[str]
) -> ec2.Vpc:
    """Create a VPC with one private subnet per zone, and public subnets only for NAT gateways.

    `result_buckets` are buckets of other accounts whose objects may be read.
    """
    vpc = ec2.Vpc(
        scope,
        name,
        ip_addresses=cast(ec2.IIpAddresses, _Addresses(network)),
        max_azs=len(network.availability_zones),
        nat_gateways=network.nat_gateways,
        subnet_configuration=_subnets(network),
        # CDK would restrict the default security group with a Node.js function. The group is not
        # used.
        restrict_default_security_group=False,
    )
    _reach_s3(vpc, result_buckets)
    subnets = [*vpc.public_subnets, *private_subnets(vpc)]
    _add_ranges(vpc, network, subnets)
    if network.has_zone_ids:
        for subnet in subnets:
            _use_zone_id(subnet)
    else:
        _accept_names_of_zones(subnets)
    for subnet in vpc.public_subnets:
        acknowledge(
            subnet.node.find_child("DefaultRoute"),
            "NIST.800.53.R5-VPCNoUnrestrictedRouteToIGW",
            "A public subnet contains only a NAT gateway, the only route to the internet.",
        )
    acknowledge(
        vpc,
        "NIST.800.53.R5-VPCDefaultSecurityGroupClosed",
        "The default group is not used: each network interface has its own group.",
    )
    return vpc


def _reach_s3(vpc: ec2.Vpc, result_buckets: Sequence[str]) -> None:
    stack = cdk.Stack.of(vpc)
    gateway = vpc.add_gateway_endpoint("S3", service=ec2.GatewayVpcEndpointAwsService.S3)
    read = [image_layers(stack), *results_of(stack, result_buckets)]
    for statement in (*own_account(stack), *read):
        gateway.add_to_policy(statement)


def _add_ranges(vpc: ec2.Vpc, network: Network, subnets: Sequence[ec2.ISubnet]) -> None:
    """Add the additional ranges to the VPC, before its subnets."""
    for number, cidr in enumerate(network.further_cidrs, start=1):
        added = ec2.CfnVPCCidrBlock(vpc, f"Range{number}", vpc_id=vpc.vpc_id, cidr_block=cidr)
        for subnet in subnets:
            if IPv4Network(subnet.ipv4_cidr_block).subnet_of(IPv4Network(cidr)):
                subnet.node.add_dependency(added)


def _use_zone_id(subnet: ec2.ISubnet) -> None:
    """Move the zone ID from AvailabilityZone, where CDK writes it, to AvailabilityZoneId."""
    resource = cast(ec2.CfnSubnet, subnet.node.default_child)
    resource.availability_zone_id = resource.availability_zone
    resource.availability_zone = None


def _accept_names_of_zones(subnets: Sequence[ec2.ISubnet]) -> None:
    for subnet in subnets:
        for rule in ("W3010", "CloudFormation-Validate::W3010"):
            acknowledge(
                subnet, rule, "The environment names its zones: synthesis makes no lookups."
            )


def _subnets(network: Network) -> list[ec2.SubnetConfiguration]:
    if not network.nat_gateways:
        isolated = ec2.SubnetType.PRIVATE_ISOLATED
        return [ec2.SubnetConfiguration(name=PRIVATE, subnet_type=isolated)]
    return [
        ec2.SubnetConfiguration(name=PRIVATE, subnet_type=ec2.SubnetType.PRIVATE_WITH_EGRESS),
        ec2.SubnetConfiguration(
            name=PUBLIC, subnet_type=ec2.SubnetType.PUBLIC, map_public_ip_on_launch=False
        ),
    ]


def private_subnets(vpc: ec2.IVpc) -> list[ec2.ISubnet]:
    """Return the subnets of jobs and the warehouse, with or without a route to the internet."""
    return list(vpc.private_subnets or vpc.isolated_subnets)
