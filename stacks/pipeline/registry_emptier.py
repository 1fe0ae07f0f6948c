"""Empties a model package group before CloudFormation deletes it, if it may be deleted."""

from __future__ import annotations

import aws_cdk as cdk
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_sagemaker as sagemaker
from constructs import Construct

from stacks.common.acknowledge import acknowledge_wildcards
from stacks.common.custom_resource import custom_resource, resource_function
from stacks.common.inline_policy import inline_policy
from stacks.config import Retention


class RegistryEmptier(Construct):
    """Deletes the packages of `group` with the stack: AWS deletes only an empty group."""

    def __init__(
        self,
        scope: Construct,
        name: str,
        *,
        group: sagemaker.CfnModelPackageGroup,
        key: kms.IKey,
        retention: Retention,
    ) -> None:
        super().__init__(scope, name)
        worker = resource_function(
            self,
            handler="empty_registry",
            description="empties a model package group that is about to be deleted",
            key=key,
            retention=retention,
        )
        packages = cdk.Stack.of(self).format_arn(
            service="sagemaker",
            resource="model-package",
            resource_name=f"{group.model_package_group_name}/*",
        )
        granted = inline_policy(
            self, "Policy", roles=[worker.role], statements=_statements(packages)
        )
        custom_resource(
            self,
            "Emptied",
            kind="EmptyModelPackageGroup",
            worker=worker,
            granted=granted,
            properties={"ModelPackageGroupName": group.ref},
        )
        acknowledge_wildcards(granted, [packages], "All packages are deleted, and then the group.")


def _statements(packages: str) -> list[iam.PolicyStatement]:
    return [
        iam.PolicyStatement(
            actions=["sagemaker:DeleteModelPackage", "sagemaker:ListModelPackages"],
            resources=[packages],
        ),
    ]
