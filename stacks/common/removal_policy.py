"""What becomes of things that hold data when their stack is deleted."""

from __future__ import annotations

import aws_cdk as cdk

from stacks.config import Retention


def removal_policy(retention: Retention) -> cdk.RemovalPolicy:
    """CDK's word for what the environment says of its data.

    What is retained goes all the same where the deployment that made it is rolled back: nothing is
    in it yet, and its name would be taken when the mended app is deployed.
    """
    retain = retention.removal == "retain"
    return cdk.RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE if retain else cdk.RemovalPolicy.DESTROY


def cluster_removal_policy(retention: Retention) -> cdk.RemovalPolicy:
    """The same for a cluster, of which a last snapshot is retained.

    A cluster that stayed would keep its subnets and its security group from being deleted, and
    cost as much as ever.
    """
    retain = retention.removal == "retain"
    return cdk.RemovalPolicy.SNAPSHOT if retain else cdk.RemovalPolicy.DESTROY
