"""The stack of the tools account: a pipeline that delivers each commit, stage by stage."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import aws_cdk as cdk
from aws_cdk import aws_codepipeline as codepipeline
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_s3 as s3
from constructs import Construct

from stacks.common.acknowledge import acknowledge, acknowledge_wildcards
from stacks.common.inline_policy import inline_policy
from stacks.common.log_group import log_group, log_group_statement
from stacks.common.service_trust import trusted
from stacks.config import Environment, Retention, refuse
from stacks.delivery.base import PREFIX, DeliveryBase
from stacks.delivery.build_specification import build_specification
from stacks.delivery.names import (
    account_of,
    bootstrap_roles,
    environment_of,
    grant_name,
    role_arn,
)
from stacks.delivery.settings import Delivery
from stacks.delivery.source import ARTIFACT, source_of
from stacks.delivery.stage_project import StageProject
from stacks.delivery.stages import Stage, by_environment

# First of all, the pipeline becomes that of the commit, and starts again if it changed.
_UPDATE = Stage(
    name="update",
    commands=(
        "make .venv/.installed-synth",
        "make delivery DELIVERY_STACKS=redline-delivery",
    ),
)


class DeliveryStack(DeliveryBase):
    """The pipeline with a build project per stage, its artifacts and its logs."""

    def __init__(
        self,
        scope: Construct,
        delivery: Delivery,
        stages: Sequence[Stage],
        environments: Mapping[str, Environment],
    ) -> None:
        if delivery.account is None:
            raise refuse(
                "delivery.account",
                None,
                allowed="the twelve digits of the tools account",
                remedy="set it in stacks/delivery/declaration.py",
            )
        super().__init__(
            scope,
            PREFIX,
            delivery=delivery,
            account=delivery.account,
            region=delivery.region,
            description="Delivers each commit of Redline to all environments",
        )
        self._retention = Retention(
            removal="retain", run_days=delivery.log_days, log_days=delivery.log_days
        )
        self._key = self._create_key()
        self._artifacts = self._create_artifacts()
        self._log = log_group(self, "Builds", self._retention, self._key)
        self._source = source_of(self, delivery)
        own = bootstrap_roles(delivery.account, delivery.region, "deploy", "file-publishing")
        projects = {_UPDATE.name: self._project(_UPDATE, assumes=own)}
        for stage in stages:
            if stage.commands:
                role = _role(stage, environments)
                assumes = [role] if role else []
                projects[stage.name] = self._project(stage, role=role, assumes=assumes)
        self._create_pipeline((_UPDATE, *stages), projects)

    def _create_key(self) -> kms.Key:
        key = kms.Key(
            self,
            "Key",
            alias=f"alias/{PREFIX}",
            description="Artifacts and logs of the delivery of Redline",
            enable_key_rotation=True,
        )
        key.add_to_resource_policy(log_group_statement(self, f"{PREFIX}-*"))
        return key

    def _create_artifacts(self) -> s3.Bucket:
        """Create the bucket through which the pipeline passes the commit to the builds."""
        bucket = s3.Bucket(
            self,
            "Artifacts",
            encryption=s3.BucketEncryption.KMS,
            encryption_key=self._key,
            bucket_key_enabled=True,
            enforce_ssl=True,
            block_public_access=s3.BlockPublicAccess.BLOCK_ALL,
            versioned=True,
            lifecycle_rules=[
                s3.LifecycleRule(
                    id="ExpireArtifacts",
                    expiration=cdk.Duration.days(self._retention.run_days),
                    noncurrent_version_expiration=cdk.Duration.days(self._retention.run_days),
                    abort_incomplete_multipart_upload_after=cdk.Duration.days(7),
                )
            ],
        )
        for rule in ("AwsSolutions-S1", "NIST.800.53.R5-S3BucketLoggingEnabled", "CKV_AWS_18"):
            acknowledge(
                bucket, rule, "It contains copies of commits only; CloudTrail records its use."
            )
        acknowledge(
            bucket,
            "NIST.800.53.R5-S3BucketReplicationEnabled",
            "The repository has every commit.",
        )
        return bucket

    def _project(
        self, stage: Stage, *, assumes: Sequence[str], role: str | None = None
    ) -> StageProject:
        return StageProject(
            self,
            stage.name,
            specification=build_specification(stage, role=role),
            assumes=assumes,
            cloning=self._source.cloning,
            artifacts=self._artifacts,
            key=self._key,
            log=self._log,
        )

    def _create_pipeline(
        self, stages: Sequence[Stage], projects: Mapping[str, StageProject]
    ) -> None:
        arn = self.format_arn(service="codepipeline", resource=PREFIX)
        role = iam.Role(
            self,
            "PipelineRole",
            assumed_by=trusted(self, "codepipeline.amazonaws.com", source_arn=arn),
        )
        objects = self._artifacts.arn_for_objects("*")
        policy = inline_policy(
            self,
            "PipelinePolicy",
            roles=[role],
            statements=[
                self._source.reading,
                iam.PolicyStatement(actions=["s3:GetObject", "s3:PutObject"], resources=[objects]),
                iam.PolicyStatement(
                    actions=["s3:GetBucketVersioning"], resources=[self._artifacts.bucket_arn]
                ),
                iam.PolicyStatement(
                    actions=["kms:Decrypt", "kms:GenerateDataKey"], resources=[self._key.key_arn]
                ),
                iam.PolicyStatement(
                    actions=["codebuild:BatchGetBuilds", "codebuild:StartBuild"],
                    resources=[each.project.attr_arn for each in projects.values()],
                ),
            ],
        )
        acknowledge_wildcards(policy, [objects], "CodePipeline names the objects of artifacts.")
        pipeline = codepipeline.CfnPipeline(
            self,
            "Pipeline",
            name=PREFIX,
            pipeline_type="V2",
            # One commit at a time; a newer commit waits, and replaces an older one that waits.
            execution_mode="SUPERSEDED",
            restart_execution_on_update=True,
            role_arn=role.role_arn,
            artifact_store={
                "type": "S3",
                "location": self._artifacts.bucket_name,
                "encryptionKey": {"type": "KMS", "id": self._key.key_arn},
            },
            stages=[
                {"name": "source", "actions": [self._source.action]},
                # A stage of CodePipeline has one execution at a time, so the actions of an
                # environment concern one commit: what is deployed is what was approved.
                # https://docs.aws.amazon.com/codepipeline/latest/userguide/concepts-how-it-works.html
                *(
                    {
                        "name": name,
                        "actions": [
                            {**_action(each, projects), "runOrder": order}
                            for order, each in enumerate(group, 1)
                        ],
                    }
                    for name, group in by_environment(stages)
                ),
            ],
        )
        pipeline.node.add_dependency(policy)


def _role(stage: Stage, environments: Mapping[str, Environment]) -> str | None:
    if not stage.environment:
        return None
    account = account_of(environment_of(stage, environments))
    return role_arn(account, grant_name(stage.grant))


def _action(stage: Stage, projects: Mapping[str, StageProject]) -> dict[str, Any]:
    if stage.approval:
        return {
            "name": stage.name,
            "actionTypeId": {
                "category": "Approval",
                "owner": "AWS",
                "provider": "Manual",
                "version": "1",
            },
            "configuration": {"CustomData": stage.approval},
        }
    return {
        "name": stage.name,
        "actionTypeId": {
            "category": "Build",
            "owner": "AWS",
            "provider": "CodeBuild",
            "version": "1",
        },
        "configuration": {"ProjectName": projects[stage.name].project.ref},
        "inputArtifacts": [{"name": ARTIFACT}],
    }
