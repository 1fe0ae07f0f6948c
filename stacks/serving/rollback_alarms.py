"""The alarms that the deployer creates while it deploys a model."""

from __future__ import annotations

import aws_cdk as cdk
from constructs import Construct

from stacks.common.permissions import Scope


def rollback_alarms(scope: Construct, endpoint: str) -> Scope:
    """The alarms of the deployments of an endpoint (see lambda/deploy_model)."""
    return Scope(
        resources=[_alarm(scope, f"{endpoint}-v*")],
        reason="Alarms are named after the configuration that is deployed.",
    )


def all_alarms(scope: Construct) -> Scope:
    """The alarms of the account and region: a request with a prefix is authorized on all of them.

    https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazoncloudwatch.html
    """
    return Scope(
        resources=[_alarm(scope, "*")],
        reason="CloudWatch lists alarms by a prefix of their names.",
    )


def _alarm(scope: Construct, name: str) -> str:
    return cdk.Stack.of(scope).format_arn(
        service="cloudwatch",
        resource="alarm",
        resource_name=name,
        arn_format=cdk.ArnFormat.COLON_RESOURCE_NAME,
    )
