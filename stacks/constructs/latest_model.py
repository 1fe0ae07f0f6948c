"""Finds the approved model that a run predicts with."""

from __future__ import annotations

import aws_cdk as cdk
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from constructs import Construct

from stacks.config import Retention
from stacks.constructs.acknowledge import acknowledge_wildcards
from stacks.constructs.inline_policy import inline_policy
from stacks.constructs.python_function import Caller, PythonFunction


class LatestModel(Construct):
    """`function` is what a Lambda step calls; it lists versions and may do nothing else."""

    def __init__(self, scope: Construct, name: str, *, key: kms.IKey, retention: Retention) -> None:
        super().__init__(scope, name)
        worker = PythonFunction(
            self,
            "Function",
            handler="latest_model",
            description="finds the latest approved model of a group",
            timeout=cdk.Duration.minutes(1),
            retention=retention,
            key=key,
            caller=Caller.STEP,
        )
        listing = iam.PolicyStatement(actions=["sagemaker:ListModelPackages"], resources=["*"])
        policy = inline_policy(self, "Policy", roles=[worker.role], statements=[listing])
        acknowledge_wildcards(policy, ["*"], "The list of model packages has no ARN.")
        self.function = worker.function
