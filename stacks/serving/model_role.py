"""The role of served models: it reads the models of its pipeline and writes captured data."""

from __future__ import annotations

import aws_cdk as cdk
from aws_cdk import aws_iam as iam
from constructs import Construct

from pipeline_code.compiler import Manifest
from stacks.common.container_scopes import container_scopes
from stacks.common.permissions import Scope, derived_policy
from stacks.common.service_trust import sagemaker
from stacks.lake.lake_buckets import CAPTURED, KEPT
from stacks.network.job_network import job_network, network_scopes
from stacks.pipeline.container_images import image_values
from stacks.platform import Platform
from stacks.serving.rollback_alarms import rollback_alarms


class ModelRole(Construct):
    """`role` allows the actions of hosting and of data capture; `policy` contains them."""

    def __init__(
        self,
        scope: Construct,
        name: str,
        *,
        platform: Platform,
        pipeline: str,
        endpoint: str,
        manifest: Manifest,
    ) -> None:
        super().__init__(scope, name)
        self.role = iam.Role(self, "Role", assumed_by=sagemaker(self))
        hosting, lake = manifest.hosting, platform.lake
        images = image_values(manifest.image_uris, platform.environment.region)
        kept, captured = f"{KEPT}{pipeline}/*", f"{CAPTURED}{pipeline}/*"
        self.policy = derived_policy(
            self,
            "Policy",
            role=self.role,
            actions=sorted(
                {*hosting.actions, "s3:PutObject", "kms:Decrypt", "kms:GenerateDataKey"}
                # SageMaker reads the alarms that roll a deployment back (Developer Guide,
                # "Auto-Rollback Configuration and Monitoring").
                | {"cloudwatch:DescribeAlarms"}
            ),
            scopes={
                "cloudwatch:DescribeAlarms": rollback_alarms(self, endpoint),
                "s3:GetObject": Scope(
                    resources=[lake.arn_for_objects(kept)],
                    reason="A model is under the execution id of its run.",
                ),
                "s3:ListBucket": Scope(
                    resources=[lake.bucket_arn], conditions={"StringLike": {"s3:prefix": [kept]}}
                ),
                "s3:PutObject": Scope(
                    resources=[lake.arn_for_objects(captured)],
                    reason="SageMaker names the files of what it captures by the hour.",
                ),
                "kms:*": Scope(resources=[platform.key.key_arn]),
                **container_scopes(self, [images[name] for name in hosting.images]),
                **network_scopes(self, job_network(cdk.Stack.of(self), platform.network)),
            },
        )
