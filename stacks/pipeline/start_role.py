"""The role with which a service starts a pipeline on schedule."""

from __future__ import annotations

from aws_cdk import aws_iam as iam
from constructs import Construct

from stacks.common.inline_policy import inline_policy
from stacks.common.service_trust import trusted


def start_role(
    scope: Construct,
    *,
    service: str,
    source_arn: str,
    pipeline_arn: str,
    more: tuple[iam.PolicyStatement, ...] = (),
) -> iam.Role:
    """Return a role that `service` assumes for `source_arn`; `more` are further statements."""
    role = iam.Role(
        scope,
        "Role",
        assumed_by=trusted(scope, service, source_arn=source_arn),
        description="Starts the pipeline",
    )
    start = iam.PolicyStatement(
        actions=["sagemaker:StartPipelineExecution"], resources=[pipeline_arn]
    )
    inline_policy(scope, "Policy", roles=[role], statements=[start, *more])
    return role
