"""The customer managed key for everything that an environment stores."""

from __future__ import annotations

import aws_cdk as cdk
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from constructs import Construct

from stacks.common.log_group import log_group_statement
from stacks.common.removal_policy import removal_policy
from stacks.common.service_trust import trusted
from stacks.config import Environment


def publishers(scope: Construct) -> dict[str, iam.IPrincipal]:
    """Return the services that publish to the encrypted alert topic, by the IDs of statements.

    EventBridge sends neither account nor rule in its requests to an encrypted topic, so a condition
    would block the alerts (SNS Developer Guide, "Enable compatibility between event sources from
    AWS services and encrypted topics").
    """
    return {
        "Rules": iam.ServicePrincipal("events.amazonaws.com"),
        "Alarms": trusted(scope, "cloudwatch.amazonaws.com"),
    }


def data_key(scope: Construct, name: str, environment: Environment) -> kms.Key:
    """Create a key with yearly rotation and the alias `alias/redline-<environment>`."""
    key = kms.Key(
        scope,
        name,
        alias=f"alias/redline-{environment.name}",
        description=f"Everything that Redline stores in {environment.name}",
        enable_key_rotation=True,
        removal_policy=removal_policy(environment.retention),
    )
    for statement in key_statements(cdk.Stack.of(key), environment):
        key.add_to_resource_policy(statement)
    return key


def key_statements(stack: cdk.Stack, environment: Environment) -> list[iam.PolicyStatement]:
    """Return the statements with which services use the key for alerts and log groups."""
    alerts = [
        iam.PolicyStatement(
            sid=f"{publisher}ForAlerts",
            principals=[principal],
            actions=["kms:Decrypt", "kms:GenerateDataKey*"],
            resources=["*"],  # in a key policy: this key
        )
        for publisher, principal in publishers(stack).items()
    ]
    return [*alerts, log_group_statement(stack, f"redline-{environment.name}-*")]
