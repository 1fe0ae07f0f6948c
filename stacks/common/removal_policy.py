"""The removal policies of resources that contain data."""

from __future__ import annotations

import aws_cdk as cdk

from stacks.config import Retention


def removal_policy(retention: Retention) -> cdk.RemovalPolicy:
    """Return CDK's removal policy for the environment's setting.

    A retained resource is still deleted when the deployment that created it is rolled back: it is
    empty then, and its name must be free when the corrected app is deployed.
    """
    retain = retention.removal == "retain"
    return cdk.RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE if retain else cdk.RemovalPolicy.DESTROY


def cluster_removal_policy(retention: Retention) -> cdk.RemovalPolicy:
    """Return the removal policy of a cluster: with `retain`, a final snapshot is retained.

    A retained cluster would block the deletion of its subnets and its security group, and would
    still cost the full price.
    """
    retain = retention.removal == "retain"
    return cdk.RemovalPolicy.SNAPSHOT if retain else cdk.RemovalPolicy.DESTROY
