"""Finds the approved model with which a run predicts."""

from __future__ import annotations

import aws_cdk as cdk
from aws_cdk import aws_iam as iam
from constructs import Construct

from stacks.common.acknowledge import acknowledge_wildcards
from stacks.common.inline_policy import inline_policy
from stacks.common.python_function import Caller, PythonFunction
from stacks.platform import Platform


class LatestModel(Construct):
    """`function` is called by a Lambda step; it lists the versions of one group."""

    def __init__(
        self,
        scope: Construct,
        name: str,
        *,
        platform: Platform,
        package_group: str,
    ) -> None:
        super().__init__(scope, name)
        worker = PythonFunction(
            self,
            "Function",
            handler="latest_model",
            description="finds the latest approved model of a group",
            timeout=cdk.Duration.minutes(1),
            retention=platform.retention,
            key=platform.key,
            caller=Caller.STEP,
        )
        packages = cdk.Stack.of(self).format_arn(
            service="sagemaker", resource="model-package", resource_name=f"{package_group}/*"
        )
        listing = iam.PolicyStatement(actions=["sagemaker:ListModelPackages"], resources=[packages])
        policy = inline_policy(self, "Policy", roles=[worker.role], statements=[listing])
        acknowledge_wildcards(policy, [packages], "The registry numbers the versions of a group.")
        self.function = worker.function
