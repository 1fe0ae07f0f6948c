"""The build project of a stage: a checkout, the commands of the stage, and its own role."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

import aws_cdk as cdk
from aws_cdk import aws_codebuild as codebuild
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_logs as logs
from aws_cdk import aws_s3 as s3
from constructs import Construct

from stacks.common.acknowledge import acknowledge_wildcards
from stacks.common.inline_policy import inline_policy
from stacks.common.service_trust import trusted
from stacks.delivery.names import project_name

_IMAGE = "aws/codebuild/amazonlinux-x86_64-standard:5.0"
# A deployment of a warehouse, or all tests.
_MINUTES = 240


class StageProject(Construct):
    """`project` runs a build specification; its role may assume the roles `assumes` only."""

    def __init__(
        self,
        scope: Construct,
        stage: str,
        *,
        specification: dict[str, Any],
        assumes: Sequence[str],
        cloning: iam.PolicyStatement,
        artifacts: s3.IBucket,
        key: kms.IKey,
        log: logs.ILogGroup,
    ) -> None:
        super().__init__(scope, stage)
        name = project_name(stage)
        stack = cdk.Stack.of(self)
        arn = stack.format_arn(service="codebuild", resource="project", resource_name=name)
        self.role = iam.Role(
            self,
            "Role",
            # The roles in the accounts of the environments trust this name.
            role_name=name,
            assumed_by=trusted(self, "codebuild.amazonaws.com", source_arn=arn),
        )
        sources = artifacts.arn_for_objects("*")
        streams = log.log_group_arn
        policy = inline_policy(
            self,
            "Policy",
            roles=[self.role],
            statements=[
                iam.PolicyStatement(
                    actions=["logs:CreateLogStream", "logs:PutLogEvents"], resources=[streams]
                ),
                iam.PolicyStatement(actions=["s3:GetObject"], resources=[sources]),
                iam.PolicyStatement(actions=["kms:Decrypt"], resources=[key.key_arn]),
                cloning.copy(),
                *(
                    [iam.PolicyStatement(actions=["sts:AssumeRole"], resources=list(assumes))]
                    if assumes
                    else []
                ),
            ],
        )
        acknowledge_wildcards(policy, [streams], "CodeBuild names a log stream after its build.")
        acknowledge_wildcards(policy, [sources], "CodePipeline names the objects of artifacts.")
        self.project = codebuild.CfnProject(
            self,
            "Project",
            name=name,
            service_role=self.role.role_arn,
            encryption_key=key.key_arn,
            artifacts={"type": "CODEPIPELINE"},
            source={"type": "CODEPIPELINE", "buildSpec": json.dumps(specification, indent=1)},
            environment={
                "type": "LINUX_CONTAINER",
                "computeType": "BUILD_GENERAL1_MEDIUM",
                "image": _IMAGE,
            },
            logs_config={
                "cloudWatchLogs": {
                    "status": "ENABLED",
                    "groupName": log.log_group_name,
                    "streamName": stage,
                }
            },
            timeout_in_minutes=_MINUTES,
        )
        self.project.node.add_dependency(policy)
