"""The registry of a pipeline's models, in the pipeline's stack."""

from __future__ import annotations

from aws_cdk import aws_sagemaker as sagemaker

from stacks.base import RedlineStack
from stacks.common.removal_policy import removal_policy
from stacks.pipeline.pipeline_context import PipelineContext
from stacks.pipeline.registry_emptier import RegistryEmptier
from stacks.platform import Platform


def package_group(
    stack: RedlineStack, platform: Platform, pipeline: PipelineContext
) -> sagemaker.CfnModelPackageGroup | None:
    """Create the group of the models that the pipeline registers, if any, with the pipeline's name.

    The packages are deleted before the group.
    """
    if not pipeline.owns_registry:
        return None
    group = sagemaker.CfnModelPackageGroup(
        stack,
        "ModelPackageGroup",
        model_package_group_name=pipeline.package_group,
        model_package_group_description=f"Models that the pipeline {pipeline.aws_name} registered",
    )
    group.apply_removal_policy(removal_policy(platform.retention))
    if platform.retention.removal == "destroy":
        RegistryEmptier(
            stack, "RegistryEmptier", group=group, key=platform.key, retention=platform.retention
        )
    return group
