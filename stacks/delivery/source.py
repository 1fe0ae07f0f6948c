"""The source action of the pipeline: the newest commit of a branch.

Builds clone the repository (CODEBUILD_CLONE_REF): a ZIP file does not keep its symbolic links.
https://docs.aws.amazon.com/codepipeline/latest/userguide/troubleshooting.html#codebuild-role-connections
Source of the actions and their configurations:
https://docs.aws.amazon.com/codepipeline/latest/userguide/action-reference-CodestarConnectionSource.html
https://docs.aws.amazon.com/codepipeline/latest/userguide/action-reference-CodeCommit.html
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import aws_cdk as cdk
from aws_cdk import aws_codeconnections as codeconnections
from aws_cdk import aws_events as events
from aws_cdk import aws_iam as iam

from stacks.common.inline_policy import inline_policy
from stacks.common.service_trust import trusted
from stacks.delivery.base import PREFIX
from stacks.delivery.settings import Delivery

ARTIFACT = "source"


@dataclass(frozen=True)
class Source:
    """The action in the form of AWS::CodePipeline::Pipeline, and what roles need.

    `reading` is for the role of the pipeline, `cloning` for those of builds.
    """

    action: dict[str, Any]
    reading: iam.PolicyStatement
    cloning: iam.PolicyStatement


def source_of(stack: cdk.Stack, delivery: Delivery) -> Source:
    """Return the source of a delivery; a connection is created in `stack`.

    The prefix of its actions is that of its ARN
    (https://docs.aws.amazon.com/dtconsole/latest/userguide/security-iam-awsmanpol.html). Condition
    keys: https://docs.aws.amazon.com/dtconsole/latest/userguide/security_iam_id-based-policy-examples-connections.html
    A person completes the new connection once in the console: until then it is PENDING
    (https://docs.aws.amazon.com/dtconsole/latest/userguide/connections-update.html).
    """
    if delivery.provider == "CodeCommit":
        return _repository(stack, delivery)
    connection = codeconnections.CfnConnection(
        stack,
        "Connection",
        connection_name="redline-delivery",
        provider_type=delivery.provider,
    )
    configuration = {
        "ConnectionArn": connection.ref,
        "FullRepositoryId": delivery.repository,
        "BranchName": delivery.branch,
        "OutputArtifactFormat": "CODEBUILD_CLONE_REF",
        "DetectChanges": "true",
    }

    def use(**limits: str) -> iam.PolicyStatement:
        values = {"FullRepositoryId": delivery.repository, **limits}
        return iam.PolicyStatement(
            actions=["codeconnections:UseConnection"],
            resources=[connection.ref],
            # A request without one of these keys is not allowed.
            conditions={
                "StringEquals": {f"codeconnections:{key}": each for key, each in values.items()}
            },
        )

    return Source(
        _action("CodeStarSourceConnection", configuration),
        reading=use(ProviderPermissionsRequired="read_only"),
        cloning=use(ProviderAction="GitPull"),
    )


def _repository(stack: cdk.Stack, delivery: Delivery) -> Source:
    arn = stack.format_arn(service="codecommit", resource=delivery.repository)
    configuration = {
        "RepositoryName": delivery.repository,
        "BranchName": delivery.branch,
        "PollForSourceChanges": "false",
        "OutputArtifactFormat": "CODEBUILD_CLONE_REF",
    }
    reading = iam.PolicyStatement(
        actions=[
            "codecommit:GetBranch",
            "codecommit:GetCommit",
            "codecommit:GetRepository",
        ],
        resources=[arn],
    )
    cloning = iam.PolicyStatement(actions=["codecommit:GitPull"], resources=[arn])
    _start_at_commits(stack, arn, delivery.branch)
    return Source(_action("CodeCommit", configuration), reading, cloning)


def _start_at_commits(stack: cdk.Stack, repository: str, branch: str) -> None:
    """Start the pipeline at each commit on the branch.

    Polling would end for a pipeline that did not run for 30 days
    (https://docs.aws.amazon.com/codepipeline/latest/userguide/triggering.html).
    """
    pipeline = stack.format_arn(service="codepipeline", resource=PREFIX)
    name = f"{PREFIX}-commits"
    rule = stack.format_arn(service="events", resource="rule", resource_name=name)
    role = iam.Role(
        stack,
        "CommitsRole",
        assumed_by=trusted(stack, "events.amazonaws.com", source_arn=rule),
    )
    start = iam.PolicyStatement(
        actions=["codepipeline:StartPipelineExecution"], resources=[pipeline]
    )
    policy = inline_policy(stack, "CommitsPolicy", roles=[role], statements=[start])
    events.CfnRule(
        stack,
        "Commits",
        name=name,
        event_pattern={
            "source": ["aws.codecommit"],
            "detail-type": ["CodeCommit Repository State Change"],
            "resources": [repository],
            "detail": {
                "event": ["referenceCreated", "referenceUpdated"],
                "referenceType": ["branch"],
                "referenceName": [branch],
            },
        },
        targets=[
            events.CfnRule.TargetProperty(arn=pipeline, id="pipeline", role_arn=role.role_arn)
        ],
    ).node.add_dependency(policy)


def _action(provider: str, configuration: dict[str, str]) -> dict[str, Any]:
    return {
        "name": "source",
        "actionTypeId": {
            "category": "Source",
            "owner": "AWS",
            "provider": provider,
            "version": "1",
        },
        "configuration": configuration,
        "outputArtifacts": [{"name": ARTIFACT}],
    }
