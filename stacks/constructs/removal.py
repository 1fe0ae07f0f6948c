"""What becomes of things that hold data when their stack is deleted."""

from __future__ import annotations

import aws_cdk as cdk

from stacks.config import Retention


def removal_policy(retention: Retention) -> cdk.RemovalPolicy:
    """CDK's word for what the environment says of its data."""
    retain = retention.removal == "retain"
    return cdk.RemovalPolicy.RETAIN if retain else cdk.RemovalPolicy.DESTROY
