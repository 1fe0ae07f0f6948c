"""The registry of a pipeline's models, in the pipeline's stack."""

from __future__ import annotations

from aws_cdk import aws_kms as kms
from aws_cdk import aws_sagemaker as sagemaker

from stacks.base import RedlineStack
from stacks.common.removal_policy import removal_policy
from stacks.config import Retention
from stacks.pipeline.registry_emptier import RegistryEmptier


def package_group(
    stack: RedlineStack, pipeline: str, *, key: kms.IKey, retention: Retention
) -> sagemaker.CfnModelPackageGroup:
    """The model package group of `pipeline`, named as it is; emptied before it is destroyed."""
    group = sagemaker.CfnModelPackageGroup(
        stack,
        "ModelPackageGroup",
        model_package_group_name=pipeline,
        model_package_group_description=f"Models that the pipeline {pipeline} registered",
    )
    group.apply_removal_policy(removal_policy(retention))
    if retention.removal == "destroy":
        RegistryEmptier(stack, "RegistryEmptier", group=group, key=key, retention=retention)
    return group
