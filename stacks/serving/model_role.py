"""The role of served models: it reads what its pipeline keeps and writes what is captured."""

from __future__ import annotations

from collections.abc import Collection

from aws_cdk import aws_iam as iam
from constructs import Construct

from stacks.common.container_scopes import container_scopes
from stacks.common.permissions import Scope, derived_policy
from stacks.common.service_trust import sagemaker
from stacks.lake.lake_buckets import CAPTURED, KEPT
from stacks.network.job_network import JobNetwork, network_scopes


class ModelRole(Construct):
    """`role`, with the `actions` and those of data capture; `policy` is what allows them."""

    def __init__(
        self,
        scope: Construct,
        name: str,
        *,
        actions: Collection[str],
        pipeline: str,
        lake_arn: str,
        key_arn: str,
        images: Collection[str],
        job_network: JobNetwork,
    ) -> None:
        super().__init__(scope, name)
        self.role = iam.Role(self, "Role", assumed_by=sagemaker(self))
        kept, captured = f"{KEPT}{pipeline}/*", f"{CAPTURED}{pipeline}/*"
        self.policy = derived_policy(
            self,
            "Policy",
            role=self.role,
            actions=sorted({*actions, "s3:PutObject", "kms:Decrypt", "kms:GenerateDataKey"}),
            scopes={
                "s3:GetObject": Scope(
                    resources=[f"{lake_arn}/{kept}"],
                    reason="A model lies under the execution id of the run that made it.",
                ),
                "s3:ListBucket": Scope(
                    resources=[lake_arn], conditions={"StringLike": {"s3:prefix": [kept]}}
                ),
                "s3:PutObject": Scope(
                    resources=[f"{lake_arn}/{captured}"],
                    reason="SageMaker names the files of what it captures by the hour.",
                ),
                "kms:*": Scope(resources=[key_arn]),
                **container_scopes(self, images),
                **network_scopes(self, job_network),
            },
        )
