"""The warehouse stack: cluster or serverless workgroup, its role and its schema."""

from __future__ import annotations

from collections.abc import Sequence

from aws_cdk import aws_iam as iam
from aws_cdk import aws_sns as sns
from constructs import Construct

from stacks.base import RedlineStack
from stacks.config import Environment, Warehouse
from stacks.lake.lake_buckets import UNLOAD
from stacks.lake.stack import DataStack
from stacks.network.private_vpc import private_subnets
from stacks.network.stack import NetworkStack
from stacks.warehouse.administrator import outputs_of
from stacks.warehouse.machine_learning import MachineLearning
from stacks.warehouse.redshift_cluster import RedshiftCluster
from stacks.warehouse.redshift_serverless import RedshiftServerless
from stacks.warehouse.warehouse_access import READER, WarehouseAccess
from stacks.warehouse.warehouse_extraction import WarehouseExtraction
from stacks.warehouse.warehouse_migrations import WarehouseMigrations, WarehouseSchema
from stacks.warehouse.warehouse_placement import PORT, WarehousePlacement
from stacks.warehouse.warehouse_role import WarehouseRole, users_of

_DESCRIPTIONS = {
    "provisioned": "Redshift cluster, its role and its schema",
    "serverless": "Redshift Serverless workgroup, its role and its schema",
}


class WarehouseStack(RedlineStack):
    """Redshift, its tables and users, and the extraction functions of earlier releases.

    `access` contains the settings and permissions with which other stacks access it. `schema` are
    the migrations and the rights of the pipelines. `extracted` are the folders of the lake for days
    of incremental extractions.
    """

    def __init__(
        self,
        scope: Construct,
        environment: Environment,
        settings: Warehouse,
        *,
        network: NetworkStack,
        data: DataStack,
        alerts: sns.ITopic,
        schema: WarehouseSchema,
        extracted: Sequence[str],
    ) -> None:
        super().__init__(
            scope,
            "warehouse",
            environment=environment,
            description=_DESCRIPTIONS[settings.kind],
        )
        retention, name = environment.retention, settings.name_in(environment.name)
        self.role = WarehouseRole(
            self,
            "LakeRole",
            kind=settings.kind,
            warehouse=name,
            lake=data.lake,
            key=data.key,
            extracted=extracted,
        ).role
        placement = WarehousePlacement(
            identifier=name,
            vpc=network.vpc,
            subnets=private_subnets(network.vpc),
            key=data.key,
            roles=[self.role, *self._machine_learning(environment, settings, data)],
            retention=retention,
        )
        warehouse = self._warehouse(settings, placement, data)
        self.access: WarehouseAccess = warehouse.access
        network.connect_warehouse(warehouse.security_group, PORT)
        WarehouseMigrations(
            self,
            "Migrations",
            schema=schema,
            administrator=warehouse.administrator,
            key=data.key,
            retention=retention,
        )
        # Pipelines of earlier releases import it; those of this release have their own.
        extraction = WarehouseExtraction(
            self,
            "Extraction",
            access=self.access,
            user=READER,
            warehouse_role=self.role,
            pipelines=f"redline-{environment.name}-*",
            unloaded=UNLOAD,
            lake=data.lake,
            key=data.key,
            retention=retention,
            alerts=alerts,
        )
        for output, value in outputs_of(warehouse.administrator.properties).items():
            self.output(output, value)
        self.output("WarehouseRoleArn", self.role.role_arn)
        # The loader reads it: only here may it replace rows by generated rows.
        allowed = environment.generated_data
        self.output("GeneratedData", "allowed" if allowed else "not allowed")
        self.export(
            *warehouse.exports,
            self.role.role_arn,
            self.role.role_name,
            extraction.function.function_arn,
            extraction.queue.queue_arn,
            extraction.queue.queue_url,
        )

    def _machine_learning(
        self, environment: Environment, settings: Warehouse, data: DataStack
    ) -> list[iam.Role]:
        """Create the role and the bucket of Redshift ML, if the environment enables it."""
        if not settings.machine_learning:
            return []
        name = settings.name_in(environment.name)
        created = MachineLearning(
            self,
            "MachineLearning",
            users=users_of(self, kind=settings.kind, warehouse=name),
            endpoints=f"redline-{environment.name}-*",
            key=data.key,
            logs=data.logs,
            retention=environment.retention,
        )
        self.output("MachineLearningRoleArn", created.role.role_arn)
        self.output("MachineLearningBucketName", created.bucket.bucket_name)
        return [created.role]

    def _warehouse(
        self, settings: Warehouse, placement: WarehousePlacement, data: DataStack
    ) -> RedshiftCluster | RedshiftServerless:
        """Create the warehouse of the kind that the environment selects."""
        if settings.kind == "serverless":
            return RedshiftServerless(self, "Warehouse", settings=settings, placement=placement)
        return RedshiftCluster(
            self, "Warehouse", settings=settings, placement=placement, audit_logs=data.logs
        )
