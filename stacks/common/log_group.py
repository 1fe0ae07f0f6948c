"""An encrypted log group with the environment's retention period."""

from __future__ import annotations

from typing import cast

import aws_cdk as cdk
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
