"""Applies the numbered SQL migrations on every deployment of the warehouse."""

from __future__ import annotations

from aws_cdk import aws_kms as kms
from constructs import Construct

from stacks.common.acknowledge import acknowledge_wildcards
from stacks.common.custom_resource import custom_resource, resource_function
from stacks.common.inline_policy import inline_policy
from stacks.config import Retention
from stacks.warehouse.warehouse_access import WarehouseAccess, statement
from warehouse.schema import fingerprint, read_migrations, to_json


class WarehouseMigrations(Construct):
    """A custom resource whose deployment fails when a migration fails."""

    def __init__(
        self,
        scope: Construct,
        name: str,
        *,
        access: WarehouseAccess,
        key: kms.IKey,
        retention: Retention,
    ) -> None:
        super().__init__(scope, name)
        migrations = read_migrations()
        worker = resource_function(
            self,
            handler="migrations",
            shared=["statements"],
            description="applies the warehouse's migrations",
            key=key,
            retention=retention,
            files={"migrations.json": to_json(migrations)},
        )
        granted = inline_policy(
            self,
            "Policy",
            roles=[worker.role],
            statements=[
                *access.administrator_statements(),
                statement("DecryptSecret", ["kms:Decrypt"], [key.key_arn]),
            ],
        )
        self.resource = custom_resource(
            self,
            "Resource",
            kind="WarehouseMigrations",
            worker=worker,
            granted=granted,
            properties={
                **access.administrator_properties(),
                # A new migration changes this value, and so CloudFormation calls the function.
                "Fingerprint": fingerprint(migrations),
                # With "retain", the function rejects the change of a cluster to a workgroup.
                "Removal": retention.removal,
            },
        )
        acknowledge_wildcards(
            granted,
            ["*"],
            "Statements of the Data API have no ARN; the condition limits them to the function's.",
        )
