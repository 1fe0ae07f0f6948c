"""The warehouse stack of an environment whose warehouse exists: a role, and nothing of Redshift."""

from __future__ import annotations

from collections.abc import Sequence

import aws_cdk as cdk
from aws_cdk import aws_iam as iam
from constructs import Construct

from stacks.base import RedlineStack
from stacks.common.existing_resources import expect
from stacks.config import Environment, ExistingWarehouse
from stacks.lake.stack import DataStack
from stacks.network.stack import NetworkStack
from stacks.warehouse.administrator import (
    Administrator,
    administrator,
    outputs_of,
    reading_secret,
)
from stacks.warehouse.cluster_access import ClusterAccess
from stacks.warehouse.existing_schema import ExistingSchema
from stacks.warehouse.warehouse_access import WarehouseAccess
from stacks.warehouse.warehouse_migrations import WarehouseMigrations
from stacks.warehouse.warehouse_role import WarehouseRole, let_use_lake
from stacks.warehouse.workgroup_access import WorkgroupAccess

# Types of the list of existing resources: SQL that makes what is inside the warehouse.
TABLES, SCHEMA, USER = "Redshift::Tables", "Redshift::Schema", "Redshift::User"


class ExistingWarehouseStack(RedlineStack):
    """The access to a warehouse of another team, and the role for COPY and UNLOAD."""

    def __init__(
        self,
        scope: Construct,
        environment: Environment,
        warehouse: ExistingWarehouse,
        *,
        network: NetworkStack,
        data: DataStack,
        schema: ExistingSchema,
        extracted: Sequence[str],
    ) -> None:
        super().__init__(
            scope,
            "warehouse",
            environment=environment,
            description="Access to a Redshift warehouse of another team",
        )
        access = self._access(warehouse)
        self.access: WarehouseAccess = access
        self._expect(warehouse, network, schema)
        if warehouse.security_group_id:
            network.allow_queries(warehouse.security_group_id, warehouse.port)
        self.role = self._role(warehouse, data, extracted)
        connection = warehouse.target
        if schema.own:
            login = self._administrator(warehouse, access)
            connection = dict(login.properties)
            WarehouseMigrations(
                self,
                "Migrations",
                schema=schema.own,
                administrator=login,
                key=data.key,
                retention=environment.retention,
            )
        for name, value in outputs_of(connection).items():
            self.output(name, value)
        self.output("WarehouseRoleArn", self.role.role_arn)

    def _access(self, warehouse: ExistingWarehouse) -> ClusterAccess | WorkgroupAccess:
        if warehouse.cluster:
            return ClusterAccess(
                scope=self, identifier=warehouse.cluster, database=warehouse.database
            )
        arn = self.format_arn(
            service="redshift-serverless",
            resource="workgroup",
            resource_name=warehouse.workgroup_id,
        )
        return WorkgroupAccess(workgroup=warehouse.workgroup, arn=arn, database=warehouse.database)

    def _administrator(
        self, warehouse: ExistingWarehouse, access: ClusterAccess | WorkgroupAccess
    ) -> Administrator:
        """Return the connection of the user who owns the schema of the environment."""
        properties = {**warehouse.target, "Schema": warehouse.schema}
        if isinstance(access, ClusterAccess) and not warehouse.secret:
            return administrator(
                {**properties, "DbUser": warehouse.database_user},
                arn=access.arn,
                login=[access.becoming(warehouse.database_user)],
            )
        secret = self.format_arn(
            service="secretsmanager",
            resource="secret",
            resource_name=warehouse.secret,
            arn_format=cdk.ArnFormat.COLON_RESOURCE_NAME,
        )
        key = self.format_arn(service="kms", resource="key", resource_name=warehouse.key_id)
        keys = [key] if warehouse.key_id else []
        return administrator(
            {**properties, "SecretArn": secret},
            arn=access.arn,
            login=reading_secret(secret, *keys),
        )

    def _role(
        self, warehouse: ExistingWarehouse, data: DataStack, extracted: Sequence[str]
    ) -> iam.IRole:
        """Return the role of the cluster, or a new one with the command that attaches it."""
        if warehouse.role:
            expect(self, "AWS::IAM::Role", warehouse.role, warehouse.target)
            arn = self.format_arn(
                service="iam", region="", resource="role", resource_name=warehouse.role
            )
            role = iam.Role.from_role_arn(self, "LakeRole", arn)
            let_use_lake(self, role, lake=data.lake, key=data.key, extracted=extracted)
            return role
        created = WarehouseRole(
            self,
            "LakeRole",
            kind=warehouse.kind,
            warehouse=warehouse.cluster,
            lake=data.lake,
            key=data.key,
            extracted=extracted,
        ).role
        self.output(
            "AttachRole",
            f"aws redshift modify-cluster-iam-roles --cluster-identifier {warehouse.cluster} "
            f"--add-iam-roles {created.role_arn}",
        )
        return created

    def _expect(
        self, warehouse: ExistingWarehouse, network: NetworkStack, schema: ExistingSchema
    ) -> None:
        """List the cluster and its group, and what the database must contain."""
        groups = [warehouse.security_group_id] if warehouse.security_group_id else []
        for group in groups:
            expect(self, "AWS::EC2::SecurityGroup", group, {"VpcId": network.vpc.vpc_id})
        found = {"DBName": warehouse.database, "Port": warehouse.port, "SecurityGroupIds": groups}
        if warehouse.workgroup:
            properties = {**found, "WorkgroupId": warehouse.workgroup_id}
            expect(self, "AWS::RedshiftServerless::Workgroup", warehouse.workgroup, properties)
        else:
            expect(self, "AWS::Redshift::Cluster", warehouse.cluster, found)
        where = warehouse.target
        if warehouse.key_id:
            expect(self, "AWS::KMS::Key", warehouse.key_id, {})
        if warehouse.secret:
            properties = {**where, "User": warehouse.database_user, "KmsKeyId": warehouse.key_id}
            expect(self, "AWS::SecretsManager::Secret", warehouse.secret, properties)
        name = f"{warehouse.name}/{warehouse.database}"
        made = {"Statements": list(schema.tables), "Rows": list(schema.rows)}
        expect(self, TABLES, name, {**where, **made})
        if warehouse.schema:
            owner = {"User": warehouse.database_user, "Statements": _owning(warehouse)}
            expect(self, SCHEMA, warehouse.schema, {**where, **owner})
        for user, statements in schema.users.items():
            expect(self, USER, user, {**where, "Statements": list(statements)})


def _owning(warehouse: ExistingWarehouse) -> list[str]:
    """Return the statements that create the schema of the environment, for its owner."""
    user = warehouse.database_user
    created = f"CREATE USER {user} PASSWORD DISABLE"
    # The user of a secret has the password of the secret.
    users = [] if warehouse.secret else [created]
    return [*users, f"CREATE SCHEMA {warehouse.schema} AUTHORIZATION {user}"]
