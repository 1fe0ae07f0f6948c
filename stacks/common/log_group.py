"""Encrypted log groups with a retention period."""

from __future__ import annotations

from typing import cast

import aws_cdk as cdk
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_logs as logs
from constructs import Construct

from stacks.config import Retention


def log_group(scope: Construct, name: str, retention: Retention, key: kms.IKey) -> logs.LogGroup:
    """Create a log group with the key and the retention period, which is deleted with its stack."""
    group = logs.LogGroup(scope, name, encryption_key=key, removal_policy=cdk.RemovalPolicy.DESTROY)
    # The level-2 construct accepts only values of an enumeration, not days.
    cast(logs.CfnLogGroup, group.node.default_child).retention_in_days = retention.log_days
    return group


def log_group_statement(stack: cdk.Stack, names: str) -> iam.PolicyStatement:
    """Return the statement of a key policy for log groups whose names match the pattern `names`.

    Source: CloudWatch Logs User Guide, "Encrypt log data using AWS KMS".
    """
    groups = stack.format_arn(
        service="logs",
        resource="log-group",
        resource_name=names,
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
