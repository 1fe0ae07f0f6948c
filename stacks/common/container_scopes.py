"""The resources of the actions with which SageMaker starts the container of a job or a model."""

from __future__ import annotations

from collections.abc import Collection, Sequence

import aws_cdk as cdk
from constructs import Construct

from stacks.common.permissions import Scope


def container_scopes(
    scope: Construct, images: Collection[str], namespaces: Sequence[str] = ()
) -> dict[str, Scope]:
    """Return the resources for pulling the image, and for the container's logs and metrics.

    `namespaces` are the metric namespaces of this project in which it may put metrics, in addition
    to SageMaker's own.
    """
    allowed = ["/aws/sagemaker/*", *namespaces]
    log_groups = cdk.Stack.of(scope).format_arn(
        service="logs",
        resource="log-group",
        resource_name="/aws/sagemaker/*",
        arn_format=cdk.ArnFormat.COLON_RESOURCE_NAME,
    )
    return {
        "logs:*": Scope(
            resources=[log_groups], reason="SageMaker names the log streams of its jobs."
        ),
        "cloudwatch:PutMetricData": Scope(
            resources=["*"],
            conditions={
                "StringLike": {"cloudwatch:namespace": allowed if len(allowed) > 1 else allowed[0]}
            },
            reason="Metrics have no ARN; the condition limits their namespace.",
        ),
        "ecr:GetAuthorizationToken": Scope(
            resources=["*"], reason="A registry's token has no ARN."
        ),
        "ecr:*": Scope(resources=[_repository_arn(scope, image) for image in images]),
    }


def _repository_arn(scope: Construct, image: str) -> str:
    """Return the ARN of the repository of `<account>.dkr.ecr.<region>.<suffix>/<name>:<tag>`.

    A digest may replace the tag: `<name>@sha256:<digest>`.
    """
    registry, _, name = image.partition("/")
    account, _, location = registry.partition(".dkr.ecr.")  # the account may be a token
    region = location.partition(".")[0]
    return cdk.Stack.of(scope).format_arn(
        service="ecr",
        account=account,
        region=region,
        resource="repository",
        resource_name=name.partition("@")[0].partition(":")[0],
    )
