"""The network stack: the VPC of the jobs and the warehouse."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence

from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_kms as kms
from constructs import Construct

from stacks.base import RedlineStack
from stacks.common.acknowledge import acknowledge
from stacks.common.existing_resources import expect
from stacks.config import Database, Environment, ExistingNetwork, Network
from stacks.network.existing_vpc import existing_vpc
from stacks.network.flow_log import FlowLog
from stacks.network.private_endpoints import PrivateEndpoints
from stacks.network.private_vpc import private_vpc
from stacks.network.s3_prefix_lists import s3_prefix_list

TLS = ec2.Port.tcp(443)


class NetworkStack(RedlineStack):
    """The VPC, its endpoints and the security group of the jobs.

    `services` are the services that jobs and the warehouse call. An existing VPC keeps its flow log
    and its endpoints.
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
        network = environment.network
        self.vpc = self._vpc(environment, key)
        self.jobs = self._job_group()
        self._endpoints = self._private_endpoints(network, services)
        self._ways = dict(self._ways_to_aws(environment))
        for description, peer in self._ways.items():
            self.jobs.add_egress_rule(peer, TLS, description)
        if network.internet:
            self.jobs.add_egress_rule(ec2.Peer.any_ipv4(), TLS, "Internet by the NAT gateways")
        self._allow_databases(environment.databases)

    def connect_warehouse(self, warehouse: ec2.SecurityGroup, port: int) -> None:
        """Let jobs query the warehouse, and the warehouse use S3 and the catalogue in Glue."""
        queries = ec2.Port.tcp(port)
        warehouse.add_ingress_rule(self.jobs, queries, "Queries of jobs")
        self.jobs.add_egress_rule(warehouse, queries, "Queries of the warehouse", remote_rule=True)
        self.connect(warehouse, "TLS from the warehouse")

    def connect(self, client: ec2.SecurityGroup, description: str) -> None:
        """Let a security group of another stack reach S3 and the endpoints of AWS APIs."""
        for way, peer in self._ways.items():
            client.add_egress_rule(peer, TLS, way)
        if self._endpoints:
            self._endpoints.group.add_ingress_rule(client, TLS, description, remote_rule=True)

    def allow_queries(self, group_id: str, port: int) -> None:
        """Let jobs connect to an existing warehouse. The owner of its group lets them in."""
        warehouse = ec2.Peer.security_group_id(group_id)
        self.jobs.add_egress_rule(warehouse, ec2.Port.tcp(port), "Queries of the warehouse")

    def _allow_databases(self, databases: Sequence[Database]) -> None:
        """Let jobs connect to each database at its port, by the route that its owner declares."""
        for each in databases:
            port, description = ec2.Port.tcp(each.port), f"Queries of {each.name}"
            for addresses in each.addresses:
                self.jobs.add_egress_rule(ec2.Peer.ipv4(addresses), port, description)
            if each.security_group_id:
                group = each.security_group_id
                self.jobs.add_egress_rule(ec2.Peer.security_group_id(group), port, description)
                expect(self, "AWS::EC2::SecurityGroup", group, {"VpcId": self.vpc.vpc_id})
            _expect_secret(self, each)

    def _vpc(self, environment: Environment, key: kms.IKey) -> ec2.IVpc:
        network = environment.network
        if isinstance(network, ExistingNetwork):
            return existing_vpc(self, "Vpc", network)
        results = [bucket for each in environment.databases for bucket in each.result_buckets]
        vpc = private_vpc(self, "Vpc", network, result_buckets=list(dict.fromkeys(results)))
        FlowLog(self, "FlowLog", vpc=vpc, key=key, retention=environment.retention)
        return vpc

    def _job_group(self) -> ec2.SecurityGroup:
        group = ec2.SecurityGroup(
            self,
            "JobSecurityGroup",
            vpc=self.vpc,
            description="SageMaker jobs: out to AWS over TLS, nothing in",
            allow_all_outbound=False,
        )
        # Instances of one job connect to each other on any port, and to no other instance.
        group.connections.allow_internally(ec2.Port.all_traffic(), "Instances of one job")
        for rule in group.node.children:
            if isinstance(rule, ec2.CfnSecurityGroupIngress):
                acknowledge(
                    rule,
                    "NIST.800.53.R5-EC2RestrictedCommonPorts",
                    "Only instances of jobs can connect; they choose the ports.",
                )
        return group

    def _private_endpoints(
        self, network: Network | ExistingNetwork, services: Collection[str]
    ) -> PrivateEndpoints | None:
        """Create the endpoints that the VPC does not have."""
        if isinstance(network, ExistingNetwork):
            services = network.missing_endpoints(services)
            if not services:
                return None
        return PrivateEndpoints(
            self, "Endpoints", vpc=self.vpc, network=network, clients=self.jobs, services=services
        )

    def _ways_to_aws(self, environment: Environment) -> Iterator[tuple[str, ec2.IPeer]]:
        """Return the peers at which AWS answers inside the VPC, with their descriptions."""
        yield "S3 by its gateway", ec2.Peer.prefix_list(s3_prefix_list(environment))
        if self._endpoints:
            yield "AWS APIs by their endpoints", self._endpoints.group
        network = environment.network
        if isinstance(network, ExistingNetwork) and network.endpoints:
            yield "AWS APIs by the endpoints of the VPC", ec2.Peer.ipv4(network.cidr)


def _expect_secret(stack: NetworkStack, database: Database) -> None:
    """List the secret of a database, its key, and what else its owner provides."""
    expect(
        stack,
        "Database::Secret",
        database.secret,
        {
            "Database": database.name,
            "KmsKeyId": database.key_id,
            "Port": database.port,
            "SecurityGroupId": database.security_group_id,
        },
    )
    if database.key_id:
        expect(stack, "AWS::KMS::Key", database.key_id, {})
