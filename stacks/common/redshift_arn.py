"""ARNs of provisioned clusters, and of their databases and users."""

from __future__ import annotations

import aws_cdk as cdk
from constructs import Construct


def redshift_arn(scope: Construct, resource: str, name: str) -> str:
    """Return the ARN of a cluster, or of a database or user in it ("<cluster>/<name>")."""
    return cdk.Stack.of(scope).format_arn(
        service="redshift",
        resource=resource,
        resource_name=name,
        arn_format=cdk.ArnFormat.COLON_RESOURCE_NAME,
    )
