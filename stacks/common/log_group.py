"""An encrypted log group with the environment's retention period."""

from __future__ import annotations

from typing import cast

import aws_cdk as cdk
from aws_cdk import aws_kms as kms
from aws_cdk import aws_logs as logs
from constructs import Construct

from stacks.config import Retention


def log_group(scope: Construct, name: str, retention: Retention, key: kms.IKey) -> logs.LogGroup:
    """A log group encrypted with `key`, kept for `retention.log_days`, deleted with its stack."""
    group = logs.LogGroup(scope, name, encryption_key=key, removal_policy=cdk.RemovalPolicy.DESTROY)
    # The level-2 construct takes an enumeration; the service takes days.
    cast(logs.CfnLogGroup, group.node.default_child).retention_in_days = retention.log_days
    return group
