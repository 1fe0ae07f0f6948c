"""Applies the numbered SQL migrations and the rights of pipelines on every deployment."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from aws_cdk import aws_kms as kms
from constructs import Construct

from stacks.common.custom_resource import custom_resource, resource_function
from stacks.common.inline_policy import inline_policy
from stacks.config import Retention
from stacks.warehouse.administrator import Administrator
from stacks.warehouse.warehouse_access import acknowledge_statements
from warehouse.rights import OwnSchema, Rights, fingerprint_of, rights_document
from warehouse.schema import Migration, fingerprint, to_json


@dataclass(frozen=True, kw_only=True)
class WarehouseSchema:
    """The migrations of the warehouse, and the rights of the pipelines' users in it.

    In an existing warehouse, they are in the schema `own`.
    """

    migrations: Sequence[Migration]
    rights: Sequence[Rights]
    own: OwnSchema | None = None


class WarehouseMigrations(Construct):
    """A custom resource whose deployment fails when a migration fails."""

    def __init__(
        self,
        scope: Construct,
        name: str,
        *,
        schema: WarehouseSchema,
        administrator: Administrator,
        key: kms.IKey,
        retention: Retention,
    ) -> None:
        super().__init__(scope, name)
        migrations = to_json(schema.migrations)
        rights = rights_document(schema.rights, schema.migrations, schema.own)
        worker = resource_function(
            self,
            handler="migrations",
            shared=["statements"],
            description="applies the warehouse's migrations and the rights of pipelines",
            key=key,
            retention=retention,
            files={"migrations.json": migrations, "rights.json": rights},
        )
        granted = inline_policy(
            self,
            "Policy",
            roles=[worker.role],
            statements=administrator.statements,
        )
        self.resource = custom_resource(
            self,
            "Resource",
            kind="WarehouseMigrations",
            worker=worker,
            granted=granted,
            properties={
                **administrator.properties,
                # A new migration or changed rights change these values, and so CloudFormation
                # calls the function.
                "Fingerprint": fingerprint(schema.migrations),
                "Rights": fingerprint_of(rights),
                # With "retain", the function rejects the change of a cluster to a workgroup.
                "Removal": retention.removal,
            },
        )
        acknowledge_statements(granted)
