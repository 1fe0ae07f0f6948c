"""What may be called through the VPC endpoints: the resources of this account, by its principals.

Without these policies, a job could copy data to a bucket of another account with credentials of
that account. Source: "Building a data perimeter on AWS" and its examples
(https://github.com/aws-samples/data-perimeter-policy-examples, vpc_endpoint_policies, read
2026-11-29).
"""

from __future__ import annotations

from collections.abc import Sequence

import aws_cdk as cdk
from aws_cdk import aws_iam as iam


def own_account(stack: cdk.Stack) -> list[iam.PolicyStatement]:
    """Requests of principals of this account to resources of this account, and those of AWS."""
    account = stack.account
    return [
        _statement(
            "OwnPrincipalsToOwnResources",
            {
                "StringEquals": {
                    "aws:PrincipalAccount": account,
                    "aws:ResourceAccount": account,
                }
            },
        ),
        _statement("ServicesOfAws", {"Bool": {"aws:PrincipalIsAWSService": "true"}}),
    ]


def image_layers(stack: cdk.Stack) -> iam.PolicyStatement:
    """Read the layers of container images, which ECR keeps in a bucket of its own.

    Source: s3_endpoint_policy.json of the same examples.
    """
    bucket = f"arn:{stack.partition}:s3:::prod-{stack.region}-starport-layer-bucket"
    return iam.PolicyStatement(
        sid="ImageLayers",
        principals=[iam.AnyPrincipal()],
        actions=["s3:GetObject"],
        resources=[f"{bucket}/*"],
    )


def results_of(stack: cdk.Stack, buckets: Sequence[str]) -> list[iam.PolicyStatement]:
    """Read results of databases in buckets of their owners, with signed URLs of these owners.

    https://docs.snowflake.com/en/sql-reference/functions/system_allowlist (hosts of type STAGE).
    """
    if not buckets:
        return []
    return [
        iam.PolicyStatement(
            sid="ResultsOfDatabases",
            principals=[iam.AnyPrincipal()],
            actions=["s3:GetObject"],
            resources=[f"arn:{stack.partition}:s3:::{each}/*" for each in buckets],
        )
    ]


def _statement(sid: str, conditions: dict[str, dict[str, str]]) -> iam.PolicyStatement:
    return iam.PolicyStatement(
        sid=sid,
        principals=[iam.AnyPrincipal()],
        actions=["*"],
        resources=["*"],
        conditions=conditions,
    )
