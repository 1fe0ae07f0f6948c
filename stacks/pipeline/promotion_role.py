"""The role with which a person promotes models of a pipeline: it provides or receives them.

Each of the two environments has such a role, and no policy of its bucket, its key or its registry
admits another account (docs/decisions/0066-two-roles-promote-a-model.md).
"""

from __future__ import annotations

import aws_cdk as cdk
from aws_cdk import aws_iam as iam
from constructs import Construct

from stacks.base import RedlineStack
from stacks.common.permissions import Scope, derived_policy
from stacks.config import Promotion, refuse
from stacks.lake.lake_buckets import KEPT, REPORTS
from stacks.lake.model_objects import PROMOTED, mark_writer
from stacks.pipeline.job_scopes import BY_EXECUTION, VERSIONS
from stacks.pipeline.pipeline_context import PipelineContext
from stacks.platform import Platform


def promotion_role(stack: RedlineStack, platform: Platform, pipeline: PipelineContext) -> None:
    """Create the role if the settings of the pipeline ask for it.

    Raises:
        ConfigurationError: the pipeline registers no models.
    """
    promotion = pipeline.settings.promotion
    if promotion is None:
        return
    if not pipeline.owns_registry:
        raise refuse(
            f"{pipeline.name}.promotion",
            promotion,
            allowed="None for a pipeline that registers no models",
            remedy="leave it out",
        )
    PromotionRole(stack, "Promotion", platform=platform, pipeline=pipeline, promotion=promotion)


class PromotionRole(Construct):
    """`role` reads the models of the pipeline, or writes those that it receives."""

    def __init__(
        self,
        scope: Construct,
        name: str,
        *,
        platform: Platform,
        pipeline: PipelineContext,
        promotion: Promotion,
    ) -> None:
        super().__init__(scope, name)
        self.role = iam.Role(
            self,
            "Role",
            role_name=f"{pipeline.aws_name}-promotion",
            assumed_by=iam.ArnPrincipal(promotion.promoter),
        )
        if promotion.receives_from:
            mark_writer(self.role)
        scopes = (_receiving if promotion.receives_from else _providing)(self, platform, pipeline)
        derived_policy(self, "Policy", role=self.role, actions=sorted(scopes), scopes=scopes)


def _providing(scope: Construct, platform: Platform, pipeline: PipelineContext) -> dict[str, Scope]:
    """Read versions, their models and what they refer to."""
    return {
        "sagemaker:DescribeModelPackage": _versions(scope, pipeline),
        "s3:GetObject": Scope(
            resources=[
                platform.lake.arn_for_objects(f"{area}{pipeline.name}/*")
                for area in (KEPT, REPORTS)
            ],
            reason=BY_EXECUTION,
        ),
        "kms:Decrypt": Scope(resources=[platform.key.key_arn]),
    }


def _receiving(scope: Construct, platform: Platform, pipeline: PipelineContext) -> dict[str, Scope]:
    """Write files below a prefix of its own, and register versions that wait for approval."""
    stack = cdk.Stack.of(scope)
    group = stack.format_arn(
        service="sagemaker", resource="model-package-group", resource_name=pipeline.package_group
    )
    data_stack = stack.format_arn(
        service="cloudformation",
        resource="stack",
        resource_name=f"{platform.data.stack_name}/*",
    )
    versions = _versions(scope, pipeline)
    files = Scope(
        resources=[platform.lake.arn_for_objects(f"{KEPT}{pipeline.name}/{PROMOTED}*/*")],
        reason=BY_EXECUTION,
    )
    key = Scope(resources=[platform.key.key_arn])
    return {
        "cloudformation:DescribeStacks": Scope(
            resources=[data_stack], reason="CloudFormation adds an ID to the name of a stack."
        ),
        "sagemaker:ListModelPackages": versions,
        "sagemaker:DescribeModelPackage": versions,
        "sagemaker:CreateModelPackage": Scope(
            resources=[group, *versions.resources],
            conditions={"StringEquals": {"sagemaker:ModelApprovalStatus": "PendingManualApproval"}},
            reason=VERSIONS,
        ),
        "s3:GetObject": files,
        "s3:PutObject": files,
        "kms:Decrypt": key,
        "kms:GenerateDataKey": key,
    }


def _versions(scope: Construct, pipeline: PipelineContext) -> Scope:
    arn = cdk.Stack.of(scope).format_arn(
        service="sagemaker", resource="model-package", resource_name=f"{pipeline.package_group}/*"
    )
    return Scope(resources=[arn], reason=VERSIONS)
