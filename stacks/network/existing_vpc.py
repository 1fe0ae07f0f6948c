"""The VPC of an `ExistingNetwork`, without lookups."""

from __future__ import annotations

from aws_cdk import aws_ec2 as ec2
from constructs import Construct

from stacks.network.existing_network import ExistingNetwork


def existing_vpc(scope: Construct, name: str, network: ExistingNetwork) -> ec2.IVpc:
    """Return the VPC with its private subnets, in the order of the settings."""
    return ec2.Vpc.from_vpc_attributes(
        scope,
        name,
        vpc_id=network.vpc_id,
        vpc_cidr_block=network.cidr,
        availability_zones=list(network.availability_zones),
        isolated_subnet_ids=list(network.private_subnet_ids),
    )
