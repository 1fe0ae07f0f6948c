"""Applies the numbered SQL migrations whenever the warehouse is deployed."""

from __future__ import annotations

import aws_cdk as cdk
from aws_cdk import aws_kms as kms
from constructs import Construct

from stacks.config import Retention
from stacks.constructs.acknowledge import acknowledge_wildcards
from stacks.constructs.inline_policy import inline_policy
from stacks.constructs.python_function import Caller, PythonFunction
from stacks.constructs.warehouse_access import WarehouseAccess, statement
from warehouse.schema import fingerprint, read_migrations, to_json

TIMEOUT = cdk.Duration.minutes(15)


class WarehouseMigrations(Construct):
    """A custom resource whose deployment fails when a migration does."""

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
        worker = PythonFunction(
            self,
            "Function",
            handler="migrations",
            shared=("custom_resource", "statements"),
            description="applies the warehouse's migrations",
            timeout=TIMEOUT,
            retention=retention,
            key=key,
            caller=Caller.CLOUDFORMATION,
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
        self.resource = cdk.CustomResource(
            self,
            "Resource",
            resource_type="Custom::WarehouseMigrations",
            service_token=worker.function.function_arn,
            service_timeout=TIMEOUT,
            properties={
                **access.administrator_properties(),
                # A new migration changes it, and so makes CloudFormation call the function.
                "Fingerprint": fingerprint(migrations),
            },
        )
        self.resource.node.add_dependency(granted)
        acknowledge_wildcards(
            granted,
            ["*"],
            "Statements of the Data API have no ARN; the condition limits them to the function's.",
        )
