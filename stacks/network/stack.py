"""The network stack: the VPC of the jobs and the warehouse."""

from __future__ import annotations

from collections.abc import Collection

from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_kms as kms
from constructs import Construct

from stacks.base import RedlineStack
from stacks.common.acknowledge import acknowledge
from stacks.config import Environment
from stacks.network.flow_log import FlowLog
from stacks.network.private_endpoints import PrivateEndpoints
from stacks.network.private_vpc import private_vpc


class NetworkStack(RedlineStack):
    """The VPC, its endpoints and the security group of the jobs.

    `services` are the services that jobs and the warehouse call.
    """

    def __init__(
        self,
        scope: Construct,
        environment: Environment,
        *,
        key: kms.IKey,
        services: Collection[str],
    ) -> None:
        super().__init__(
            scope,
            "network",
            environment=environment,
            description="VPC, endpoints and the security group of Redline's jobs",
        )
        self.vpc = private_vpc(self, "Vpc", environment.network)
        FlowLog(self, "FlowLog", vpc=self.vpc, key=key, retention=environment.retention)
        self.jobs = ec2.SecurityGroup(
            self,
            "JobSecurityGroup",
            vpc=self.vpc,
            description="SageMaker jobs: out to AWS over TLS, nothing in",
            allow_all_outbound=False,
        )
        self.jobs.add_egress_rule(
            ec2.Peer.any_ipv4(), ec2.Port.tcp(443), "S3 by its gateway, AWS APIs by their endpoints"
        )
        # Instances of one job connect to each other on any port, and to no other instance.
        self.jobs.connections.allow_internally(ec2.Port.all_traffic(), "Instances of one job")
        for rule in self.jobs.node.children:
            if isinstance(rule, ec2.CfnSecurityGroupIngress):
                acknowledge(
                    rule,
                    "NIST.800.53.R5-EC2RestrictedCommonPorts",
                    "Only instances of jobs are let in: they talk to each other on ports of their "
                    "own choice.",
                )
        self.endpoints = PrivateEndpoints(
            self, "Endpoints", vpc=self.vpc, clients=self.jobs, services=services
        )
