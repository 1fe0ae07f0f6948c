"""The alarms that the deployer creates while it deploys a model."""

from __future__ import annotations

import aws_cdk as cdk
from constructs import Construct

from stacks.common.permissions import Scope


def rollback_alarms(scope: Construct, endpoint: str) -> Scope:
    """The alarms of the deployments of an endpoint (see lambda/deploy_model)."""
    arn = cdk.Stack.of(scope).format_arn(
        service="cloudwatch",
        resource="alarm",
        resource_name=f"{endpoint}-v*",
        arn_format=cdk.ArnFormat.COLON_RESOURCE_NAME,
    )
    return Scope(
        resources=[arn], reason="Alarms are named after the configuration that is deployed."
    )
