"""What the role of a job or a model is allowed so that SageMaker can make its instances."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

import aws_cdk as cdk
from constructs import Construct

from stacks.constructs.permissions import Scope


def container_scopes(
    scope: Construct, images: Collection[str], namespaces: Sequence[str] = ()
) -> dict[str, Scope]:
    """Where a container of SageMaker comes from and what it leaves in CloudWatch.

    `namespaces` are those in which it puts metrics of ours, beside SageMaker's own.
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


@dataclass(frozen=True, kw_only=True)
class Place:
    """The part of the VPC that instances of SageMaker join: ARNs."""

    subnets: Sequence[str]
    security_group: str


def place_in(stack: cdk.Stack, *, subnets: Sequence[str], security_group: str) -> Place:
    """The place of these subnets and this security group, by their ids."""
    return Place(
        subnets=[_ec2_arn(stack, "subnet", subnet) for subnet in subnets],
        security_group=_ec2_arn(stack, "security-group", security_group),
    )


def network_scopes(scope: Construct, place: Place) -> dict[str, Scope]:
    """How an instance of SageMaker joins the VPC."""
    interfaces = _ec2_arn(cdk.Stack.of(scope), "network-interface", "*")
    reason = "SageMaker makes the network interfaces of a job when it starts it."
    return {
        "ec2:Describe*": Scope(resources=["*"], reason="EC2 describes no single resource."),
        "ec2:CreateNetworkInterface": Scope(
            resources=[interfaces, *place.subnets, place.security_group], reason=reason
        ),
        "ec2:*": Scope(resources=[interfaces], reason=reason),
    }


def _ec2_arn(stack: cdk.Stack, kind: str, name: str) -> str:
    return stack.format_arn(service="ec2", resource=kind, resource_name=name)


def _repository_arn(scope: Construct, image: str) -> str:
    """The repository's ARN of an image URI `<account>.dkr.ecr.<region>.<suffix>/<name>:<tag>`."""
    registry, _, name = image.partition("/")
    account, _, _, region, *_ = registry.split(".")
    return cdk.Stack.of(scope).format_arn(
        service="ecr",
        account=account,
        region=region,
        resource="repository",
        resource_name=name.partition(":")[0],
    )
