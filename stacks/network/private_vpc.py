"""A VPC whose workloads have no public addresses."""

from __future__ import annotations

from aws_cdk import aws_ec2 as ec2
from constructs import Construct

from stacks.common.acknowledge import acknowledge
from stacks.config import Network


def private_vpc(scope: Construct, name: str, network: Network) -> ec2.Vpc:
    """A VPC with one private subnet in each zone, and public subnets only for NAT gateways."""
    vpc = ec2.Vpc(
        scope,
        name,
        ip_addresses=ec2.IpAddresses.cidr(network.cidr),
        max_azs=len(network.availability_zones),
        nat_gateways=network.nat_gateways,
        subnet_configuration=_subnets(network),
        # Its custom resource is a Node.js function, and the default security group is not used.
        restrict_default_security_group=False,
        gateway_endpoints={
            "S3": ec2.GatewayVpcEndpointOptions(service=ec2.GatewayVpcEndpointAwsService.S3)
        },
    )
    for subnet in (*vpc.public_subnets, *private_subnets(vpc)):
        for rule in ("W3010", "CloudFormation-Validate::W3010"):
            acknowledge(
                subnet, rule, "The environment names its zones: synthesis makes no lookups."
            )
    for subnet in vpc.public_subnets:
        acknowledge(
            subnet.node.find_child("DefaultRoute"),
            "NIST.800.53.R5-VPCNoUnrestrictedRouteToIGW",
            "A public subnet holds a NAT gateway and nothing else: it is the only way out.",
        )
    acknowledge(
        vpc,
        "NIST.800.53.R5-VPCDefaultSecurityGroupClosed",
        "Nothing uses the default group: each network interface has a group of its own.",
    )
    return vpc


def _subnets(network: Network) -> list[ec2.SubnetConfiguration]:
    if not network.nat_gateways:
        isolated = ec2.SubnetType.PRIVATE_ISOLATED
        return [ec2.SubnetConfiguration(name="Private", subnet_type=isolated)]
    return [
        ec2.SubnetConfiguration(name="Private", subnet_type=ec2.SubnetType.PRIVATE_WITH_EGRESS),
        ec2.SubnetConfiguration(
            name="Public", subnet_type=ec2.SubnetType.PUBLIC, map_public_ip_on_launch=False
        ),
    ]


def private_subnets(vpc: ec2.IVpc) -> list[ec2.ISubnet]:
    """The subnets of jobs and the warehouse, with or without a route to the internet."""
    return list(vpc.private_subnets or vpc.isolated_subnets)
