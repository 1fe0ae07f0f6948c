"""Where the warehouse stands, and who reaches it there."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from constructs import Construct

from stacks.config import Retention


@dataclass(frozen=True, kw_only=True)
class WarehousePlacement:
    """What a warehouse of either kind is given.

    `identifier` is its name, `role` how it reaches the lake, `retention` what becomes of its data.
    """

    identifier: str
    vpc: ec2.IVpc
    subnets: Sequence[ec2.ISubnet]
    key: kms.IKey
    role: iam.IRole
    retention: Retention

    @property
    def subnet_ids(self) -> list[str]:
        """The subnets as AWS names them."""
        return [subnet.subnet_id for subnet in self.subnets]

    def security_group(self, scope: Construct) -> ec2.SecurityGroup:
        """A group into which nobody is let yet, and out of which goes TLS alone."""
        group = ec2.SecurityGroup(
            scope,
            "SecurityGroup",
            vpc=self.vpc,
            description="Warehouse: out to S3 and the Glue catalogue over TLS",
            allow_all_outbound=False,
        )
        # With enhanced routing its traffic goes through the VPC: COPY and UNLOAD to S3 by its
        # gateway, look-ups of external tables to Glue by its endpoint.
        group.add_egress_rule(
            ec2.Peer.any_ipv4(), ec2.Port.tcp(443), "S3 by its gateway, Glue by its endpoint"
        )
        return group
