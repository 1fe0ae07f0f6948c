"""The warehouse stack: the cluster, its role and its schema."""

from __future__ import annotations

from aws_cdk import aws_ec2 as ec2
from constructs import Construct

from stacks.base import RedlineStack
from stacks.config import Environment
from stacks.constructs.private_vpc import private_subnets
from stacks.constructs.redshift_cluster import DATABASE, PORT, RedshiftCluster
from stacks.constructs.removal import removal_policy
from stacks.constructs.warehouse_extraction import WarehouseExtraction
from stacks.constructs.warehouse_migrations import WarehouseMigrations
from stacks.constructs.warehouse_role import WarehouseRole
from stacks.data import DataStack
from stacks.network import NetworkStack

# Made by the migrations: reads the tables, has no password, comes in by temporary credentials.
PIPELINE_USER = "pipeline_reader"


class WarehouseStack(RedlineStack):
    """The Redshift cluster, the migrations that make its tables and users, and what unloads it."""

    def __init__(
        self,
        scope: Construct,
        environment: Environment,
        *,
        network: NetworkStack,
        data: DataStack,
    ) -> None:
        super().__init__(
            scope,
            "warehouse",
            environment=environment,
            description="Redshift cluster, its role and its schema",
        )
        self.role = WarehouseRole(self, "LakeRole", lake=data.lake, key=data.key).role
        self.cluster = RedshiftCluster(
            self,
            "Warehouse",
            identifier=environment.cluster_identifier,
            settings=environment.warehouse,
            vpc=network.vpc,
            subnets=private_subnets(network.vpc),
            key=data.key,
            audit_logs=data.logs,
            role=self.role,
        )
        self.cluster.resource.apply_removal_policy(removal_policy(environment.retention))
        self._admit(network.jobs)
        # External tables are looked up in the Glue catalogue.
        network.endpoints.group.add_ingress_rule(
            self.cluster.security_group,
            ec2.Port.tcp(443),
            "TLS from the warehouse",
            remote_rule=True,
        )
        WarehouseMigrations(
            self, "Migrations", cluster=self.cluster, key=data.key, retention=environment.retention
        )
        self.extraction = WarehouseExtraction(
            self,
            "Extraction",
            cluster=self.cluster,
            user=PIPELINE_USER,
            warehouse_role=self.role,
            lake=data.lake,
            key=data.key,
            retention=environment.retention,
        )
        self._outputs()

    def _admit(self, jobs: ec2.ISecurityGroup) -> None:
        port = ec2.Port.tcp(PORT)
        group = self.cluster.security_group
        group.add_ingress_rule(jobs, port, "Queries of jobs")
        jobs.add_egress_rule(group, port, "Queries of the warehouse", remote_rule=True)

    def _outputs(self) -> None:
        self.output("ClusterIdentifier", self.cluster.resource.ref)
        self.output("DatabaseName", DATABASE)
        self.output("AdminSecretArn", self.cluster.admin_secret_arn)
        self.output("WarehouseRoleArn", self.role.role_arn)
        self.output("PipelineDatabaseUser", PIPELINE_USER)
