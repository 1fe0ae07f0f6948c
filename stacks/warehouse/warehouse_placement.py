"""The network location of the warehouse, and the clients that may connect to it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from constructs import Construct

from stacks.config import Retention

# Of the warehouses that the app creates.
DATABASE = "redline"
ADMINISTRATOR = "redline_admin"
# Not the default port, which every scanner tries. RA3 clusters accept 5431 to 5455 and 8191 to
# 8215, and so do serverless workgroups.
PORT = 5440


@dataclass(frozen=True, kw_only=True)
class WarehousePlacement:
    """The properties that warehouses of both kinds need.

    `identifier` is its name, `roles` are those that its statements may use, the first gives access
    to the lake. `retention` decides what happens to its data.
    """

    identifier: str
    vpc: ec2.IVpc
    subnets: Sequence[ec2.ISubnet]
    key: kms.IKey
    roles: Sequence[iam.IRole]
    retention: Retention

    @property
    def subnet_ids(self) -> list[str]:
        """The IDs of the subnets."""
        return [subnet.subnet_id for subnet in self.subnets]

    def security_group(self, scope: Construct) -> ec2.SecurityGroup:
        """Create a security group without rules.

        With enhanced routing the traffic of the warehouse goes through the VPC: COPY and UNLOAD use
        the gateway endpoint of S3, and reads of external tables use the endpoint of Glue.
        """
        return ec2.SecurityGroup(
            scope,
            "SecurityGroup",
            vpc=self.vpc,
            description="Warehouse: out to S3 and the Glue catalogue over TLS",
            allow_all_outbound=False,
        )
