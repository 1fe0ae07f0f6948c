"""The customer key of everything an environment stores."""

from __future__ import annotations

import aws_cdk as cdk
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from constructs import Construct

from stacks.config import Environment
from stacks.constructs.removal import removal_policy

# They publish to the encrypted alert topic. EventBridge sends no source account with its requests
# to SNS, so a condition on one would silence it (EventBridge User Guide, "Troubleshooting").
PUBLISHERS = ("events.amazonaws.com", "cloudwatch.amazonaws.com")


def data_key(scope: Construct, name: str, environment: Environment) -> kms.Key:
    """A key that rotates every year, with the alias `alias/redline-<environment>`."""
    key = kms.Key(
        scope,
        name,
        alias=f"alias/redline-{environment.name}",
        description=f"Everything that Redline stores in {environment.name}",
        enable_key_rotation=True,
        removal_policy=removal_policy(environment.retention),
    )
    key.add_to_resource_policy(
        iam.PolicyStatement(
            sid="AlertPublishers",
            principals=[iam.ServicePrincipal(service) for service in PUBLISHERS],
            actions=["kms:Decrypt", "kms:GenerateDataKey*"],
            resources=["*"],  # in a key's own policy: this key
        )
    )
    key.add_to_resource_policy(_log_groups(key, environment))
    return key


def _log_groups(scope: Construct, environment: Environment) -> iam.PolicyStatement:
    """CloudWatch Logs uses the key for the environment's log groups (CloudWatch Logs User Guide,
    "Encrypt log data using AWS KMS")."""
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
        resources=["*"],  # in a key's own policy: this key
        conditions={"ArnLike": {"kms:EncryptionContext:aws:logs:arn": groups}},
    )
