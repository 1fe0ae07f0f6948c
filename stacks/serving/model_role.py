"""The role of served models: it reads the registered models and writes captured data.

Source of the actions: SageMaker Developer Guide, "CreateModel API: Execution Role Permissions"
(https://docs.aws.amazon.com/sagemaker/latest/dg/sagemaker-roles.html).
"""

from __future__ import annotations

import aws_cdk as cdk
from aws_cdk import aws_iam as iam
from constructs import Construct

from stacks.common.container_scopes import container_scopes
from stacks.common.permissions import Scope, derived_policy
from stacks.common.service_trust import sagemaker
from stacks.lake.lake_buckets import CAPTURED
from stacks.network.job_network import job_network, network_scopes
from stacks.pipeline.container_images import images_of
from stacks.pipeline.job_scopes import objects
from stacks.pipeline.pipeline_context import PipelineContext
from stacks.platform import Platform
from stacks.serving.rollback_alarms import rollback_alarms

# For the model and for captured data, whose key is in DataCaptureConfig.
_USE_KEY = ("kms:Decrypt", "kms:Encrypt", "kms:GenerateDataKey")


class ModelRole(Construct):
    """`role` allows the actions of hosting and of data capture; `policy` contains them.

    The step that registers a model declares where the model is. A pipeline needs no step that
    creates a model.
    """

    def __init__(
        self,
        scope: Construct,
        name: str,
        *,
        platform: Platform,
        pipeline: PipelineContext,
        endpoint: str,
    ) -> None:
        super().__init__(scope, name)
        self.role = iam.Role(self, "Role", assumed_by=sagemaker(self))
        hosting, lake = pipeline.manifest.hosting, platform.lake
        images = images_of(platform, pipeline)
        models = [f"{folder}*" for folder in pipeline.folders(hosting.reads)]
        self.policy = derived_policy(
            self,
            "Policy",
            role=self.role,
            actions=sorted(
                {*hosting.actions, "s3:PutObject", *_USE_KEY}
                # SageMaker reads the alarms that roll a deployment back (Developer Guide,
                # "Auto-Rollback Configuration and Monitoring").
                | {"cloudwatch:DescribeAlarms"}
            ),
            scopes={
                "cloudwatch:DescribeAlarms": rollback_alarms(self, endpoint),
                "s3:GetObject": objects(platform, pipeline, hosting.reads),
                "s3:ListBucket": Scope(
                    resources=[lake.bucket_arn], conditions={"StringLike": {"s3:prefix": models}}
                ),
                "s3:PutObject": Scope(
                    resources=[lake.arn_for_objects(f"{CAPTURED}{pipeline.name}/*")],
                    reason="SageMaker names the files of captured requests by the hour.",
                ),
                "kms:*": Scope(resources=[platform.key.key_arn]),
                **container_scopes(self, [images[name] for name in hosting.images]),
                **network_scopes(self, job_network(cdk.Stack.of(self), platform.network)),
            },
        )
