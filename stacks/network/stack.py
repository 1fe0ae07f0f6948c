"""The network stack: the VPC of the jobs and the warehouse."""

from __future__ import annotations

from collections.abc import Collection

from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_kms as kms
from constructs import Construct

from stacks.base import RedlineStack
from stacks.common.acknowledge import acknowledge
from stacks.config import Environment, Network
from stacks.network.flow_log import FlowLog
from stacks.network.private_endpoints import PrivateEndpoints
from stacks.network.private_vpc import private_vpc
from stacks.network.s3_prefix_lists import s3_prefix_list


class NetworkStack(RedlineStack):
    """The VPC, its endpoints and the security group of the jobs.

    `services` are the services that jobs and the warehouse call. `s3` represents the addresses of
    S3 in the rules of security groups.
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
        self.s3 = ec2.Peer.prefix_list(s3_prefix_list(environment))
        # Instances of one job connect to each other on any port, and to no other instance.
        self.jobs.connections.allow_internally(ec2.Port.all_traffic(), "Instances of one job")
        for rule in self.jobs.node.children:
            if isinstance(rule, ec2.CfnSecurityGroupIngress):
                acknowledge(
                    rule,
                    "NIST.800.53.R5-EC2RestrictedCommonPorts",
                    "Only instances of jobs can connect; they choose the ports.",
                )
        self.endpoints = PrivateEndpoints(
            self, "Endpoints", vpc=self.vpc, clients=self.jobs, services=services
        )
        self._open_ways(environment.network)

    def _open_ways(self, network: Network) -> None:
        """Let jobs connect to S3 and the endpoints, and to the internet only with a NAT gateway."""
        tls = ec2.Port.tcp(443)
        self.jobs.add_egress_rule(self.s3, tls, "S3 by its gateway")
        self.jobs.add_egress_rule(self.endpoints.group, tls, "AWS APIs by their endpoints")
        if network.nat_gateways:
            self.jobs.add_egress_rule(ec2.Peer.any_ipv4(), tls, "Internet by the NAT gateways")
