"""Deletes the apps and spaces of a domain, which users create, before the domain is deleted."""

from __future__ import annotations

import aws_cdk as cdk
from aws_cdk import aws_kms as kms
from aws_cdk import aws_sagemaker as sagemaker
from constructs import Construct

from stacks.common.custom_resource import custom_resource, resource_function
from stacks.common.permissions import Scope, derived_policy
from stacks.config import Retention

_ACTIONS = (
    *("sagemaker:DeleteApp", "sagemaker:DeleteSpace", "sagemaker:DeleteUserProfile"),
    *("sagemaker:ListApps", "sagemaker:ListSpaces", "sagemaker:ListUserProfiles"),
)


class DomainEmptier(Construct):
    """CloudFormation deletes no domain with apps, spaces or other profiles than its own.

    https://github.com/aws-cloudformation/cloudformation-coverage-roadmap/issues/1327
    """

    def __init__(
        self,
        scope: Construct,
        name: str,
        *,
        domain: sagemaker.CfnDomain,
        profiles: list[sagemaker.CfnUserProfile],
        key: kms.IKey,
        retention: Retention,
    ) -> None:
        super().__init__(scope, name)
        worker = resource_function(
            self,
            handler="empty_domain",
            description="deletes apps and spaces of a domain that is about to be deleted",
            key=key,
            retention=retention,
        )
        granted = derived_policy(
            self,
            "Policy",
            role=worker.role,
            actions=_ACTIONS,
            scopes=_scopes(self, domain.ref),
        )
        emptied = custom_resource(
            self,
            "Emptied",
            kind="EmptyDomain",
            worker=worker,
            granted=granted,
            properties={
                "DomainId": domain.ref,
                "UserProfiles": [each.user_profile_name for each in profiles],
            },
        )
        for each in profiles:
            emptied.node.add_dependency(each)


def _scopes(scope: Construct, domain: str) -> dict[str, Scope]:
    def every(kind: str) -> str:
        stack = cdk.Stack.of(scope)
        return stack.format_arn(service="sagemaker", resource=kind, resource_name=f"{domain}/*")

    reason = "All that users have created in the domain is deleted with it."
    return {
        "sagemaker:List*": Scope(resources=["*"], reason="SageMaker lists no single resource."),
        "sagemaker:DeleteApp": Scope(resources=[every("app")], reason=reason),
        "sagemaker:DeleteSpace": Scope(resources=[every("space")], reason=reason),
        "sagemaker:DeleteUserProfile": Scope(resources=[every("user-profile")], reason=reason),
    }
