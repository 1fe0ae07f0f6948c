"""Services that are trusted only when they act for this account.

https://docs.aws.amazon.com/IAM/latest/UserGuide/confused-deputy.html
"""

from __future__ import annotations

import aws_cdk as cdk
from aws_cdk import aws_iam as iam
from constructs import Construct


def trusted(scope: Construct, service: str, *, source_arn: str | None = None) -> iam.IPrincipal:
    """Return the principal of a service (`lambda.amazonaws.com`) that acts for this account.

    `source_arn` limits it to one resource, or to the resources that match a pattern.
    """
    return iam.ServicePrincipal(service, conditions=same_account(scope, source_arn=source_arn))


def same_account(scope: Construct, *, source_arn: str | None = None) -> dict[str, dict[str, str]]:
    """Return the conditions under which a service acts for this account (and resource)."""
    conditions = {"StringEquals": {"aws:SourceAccount": cdk.Stack.of(scope).account}}
    return (
        conditions
        if source_arn is None
        else {**conditions, "ArnLike": {"aws:SourceArn": source_arn}}
    )


def glue(scope: Construct) -> iam.IPrincipal:
    """Return the principal of AWS Glue, for any resource of this account.

    https://docs.aws.amazon.com/glue/latest/dg/cross-service-confused-deputy-prevention.html
    """
    return trusted(scope, "glue.amazonaws.com")


def sagemaker(scope: Construct) -> iam.IPrincipal:
    """Return the principal of SageMaker, for any resource of this account.

    A narrower condition is not possible: pipelines name their jobs when they create them (SageMaker
    Developer Guide, "Cross-service confused deputy prevention").
    """
    every = cdk.Stack.of(scope).format_arn(
        service="sagemaker", resource="*", arn_format=cdk.ArnFormat.NO_RESOURCE_NAME
    )
    return trusted(scope, "sagemaker.amazonaws.com", source_arn=every)
