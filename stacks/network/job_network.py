"""The part of the VPC that jobs and models use, and the EC2 permissions of their roles."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import aws_cdk as cdk
from constructs import Construct

from stacks.common.permissions import Scope
from stacks.network.private_vpc import private_subnets
from stacks.network.stack import NetworkStack


@dataclass(frozen=True, kw_only=True)
class JobNetwork:
    """The subnets and the security group that SageMaker instances use, as ARNs."""

    subnets: Sequence[str]
    security_group: str


def job_network(
    stack: cdk.Stack, network: NetworkStack, *, subnets: int | None = None
) -> JobNetwork:
    """Return the network of jobs in the first `subnets` private subnets, or in all of them."""
    joined = private_subnets(network.vpc)[:subnets]
    return JobNetwork(
        subnets=[_ec2_arn(stack, "subnet", subnet.subnet_id) for subnet in joined],
        security_group=_ec2_arn(stack, "security-group", network.jobs.security_group_id),
    )


def network_scopes(scope: Construct, network: JobNetwork) -> dict[str, Scope]:
    """Return the resources of the EC2 actions for the interfaces of training jobs and models."""
    interfaces = _ec2_arn(cdk.Stack.of(scope), "network-interface", "*")
    reason = "SageMaker creates the network interfaces when it starts the job."
    return {
        "ec2:Describe*": Scope(resources=["*"], reason="EC2 describes no single resource."),
        "ec2:CreateNetworkInterface": Scope(
            resources=[interfaces, *network.subnets, network.security_group], reason=reason
        ),
        "ec2:*": Scope(resources=[interfaces], reason=reason),
    }


def processing_network_scopes() -> dict[str, Scope]:
    """Return the resources of the EC2 actions for the interfaces of processing jobs: all.

    CreateProcessingJob fails if the policy restricts these actions by a condition or a resource
    (SageMaker Developer Guide, "CreateProcessingJob API: Execution Role Permissions":
    https://docs.aws.amazon.com/sagemaker/latest/dg/sagemaker-roles.html). The subnets and the
    security group of a job are literals of the definition.
    """
    return {
        "ec2:*": Scope(
            resources=["*"],
            reason="CreateProcessingJob rejects a role whose EC2 permissions name resources "
            "(docs.aws.amazon.com/sagemaker/latest/dg/sagemaker-roles.html).",
            rules=("CKV_AWS_109", "CKV_AWS_111"),
        )
    }


def _ec2_arn(stack: cdk.Stack, kind: str, name: str) -> str:
    return stack.format_arn(service="ec2", resource=kind, resource_name=name)
