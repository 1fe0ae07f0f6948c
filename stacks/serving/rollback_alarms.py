"""The alarms that functions create, list and delete while they deploy and delete models."""

from __future__ import annotations

import aws_cdk as cdk
from constructs import Construct

from stacks.common.permissions import Scope


def rollback_alarms(scope: Construct, endpoint: str) -> Scope:
    """Return the alarms of the deployments of an endpoint (see lambda/deploy_model)."""
    return Scope(
        resources=[alarm_arn(scope, f"{endpoint}-v*")],
        reason="Alarms are named after the configuration that is deployed.",
    )


def all_alarms(scope: Construct) -> Scope:
    """Return all alarms of the account and region, which a request with a prefix requires.

    https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazoncloudwatch.html
    """
    return Scope(
        resources=[alarm_arn(scope, "*")],
        reason="CloudWatch lists alarms by a prefix of their names.",
    )


def alarm_arn(scope: Construct, name: str) -> str:
    """Return the ARN of an alarm of this account and region."""
    return cdk.Stack.of(scope).format_arn(
        service="cloudwatch",
        resource="alarm",
        resource_name=name,
        arn_format=cdk.ArnFormat.COLON_RESOURCE_NAME,
    )
