"""The customer managed key for everything that an environment stores."""

from __future__ import annotations

import aws_cdk as cdk
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from constructs import Construct

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
    for publisher, principal in publishers(key).items():
        key.add_to_resource_policy(
            iam.PolicyStatement(
                sid=f"{publisher}ForAlerts",
                principals=[principal],
                actions=["kms:Decrypt", "kms:GenerateDataKey*"],
                resources=["*"],  # in a key policy: this key
            )
        )
    key.add_to_resource_policy(_log_groups(key, environment))
    return key


def _log_groups(scope: Construct, environment: Environment) -> iam.PolicyStatement:
    """Let CloudWatch Logs use the key for the environment's log groups.

    Source: CloudWatch Logs User Guide, "Encrypt log data using AWS KMS".
    """
    stack = cdk.Stack.of(scope)
    groups = stack.format_arn(
        service="logs",
        resource="log-group",
        resource_name=f"redline-{environment.name}-*",
        arn_format=cdk.ArnFormat.COLON_RESOURCE_NAME,
    )
    return iam.PolicyStatement(
        sid="LogGroups",
        principals=[iam.ServicePrincipal(f"logs.{stack.region}.amazonaws.com")],
        actions=[
            "kms:Decrypt",
            "kms:DescribeKey",
            "kms:Encrypt",
            "kms:GenerateDataKey*",
            "kms:ReEncrypt*",
        ],
        resources=["*"],  # in a key policy: this key
        conditions={"ArnLike": {"kms:EncryptionContext:aws:logs:arn": groups}},
    )
