"""On what SageMaker Pipelines may use the actions that a definition needs of its own role."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping

import aws_cdk as cdk
from aws_cdk import aws_iam as iam
from constructs import Construct

from stacks.common.permissions import Scope
from stacks.pipeline.environment_values import queues
from stacks.pipeline.job_scopes import VERSIONS, objects
from stacks.pipeline.pipeline_context import PipelineContext
from stacks.platform import Platform

# How SageMaker Pipelines begins the name of every job and model it makes.
_MADE_BY_PIPELINES = "pipelines-*"
# What SageMaker Pipelines makes, by the action that makes it.
_MADE = {
    "sagemaker:CreateProcessingJob": "processing-job",
    "sagemaker:CreateTrainingJob": "training-job",
    "sagemaker:CreateTransformJob": "transform-job",
    "sagemaker:CreateModel": "model",
}
_BY_SAGEMAKER = "SageMaker Pipelines names its jobs and models when it makes them."


def execution_scopes(
    scope: Construct,
    *,
    platform: Platform,
    pipeline: PipelineContext,
    values: Mapping[str, str],
    jobs: Iterable[iam.IRole],
) -> dict[str, Scope]:
    """The scopes of the execution role, which hands on the roles `jobs`."""
    manifest = pipeline.manifest
    return {
        "iam:PassRole": Scope(
            resources=[role.role_arn for role in jobs],
            conditions={"StringEquals": {"iam:PassedToService": "sagemaker.amazonaws.com"}},
        ),
        **_made_scopes(scope, pipeline.package_group, manifest.execution.actions),
        "s3:GetObject": objects(platform, pipeline, manifest.execution.reads),
        "kms:Decrypt": Scope(resources=[platform.key.key_arn]),
        "lambda:InvokeFunction": Scope(resources=[values[name] for name in manifest.functions]),
        "sqs:SendMessage": Scope(
            resources=[queues(platform)[name].queue_arn for name in manifest.queues]
        ),
    }


def _made_scopes(scope: Construct, group: str, actions: Collection[str]) -> dict[str, Scope]:
    """Jobs, models and packages, each where its actions may be used."""
    made = {
        kind: _sagemaker_arn(scope, kind, _MADE_BY_PIPELINES)
        for action, kind in _MADE.items()
        if action in actions
    }
    versions = _sagemaker_arn(scope, "model-package", f"{group}/*")
    registered = [_sagemaker_arn(scope, "model-package-group", group), versions]
    # A model made of a package needs the right on it, too.
    modelled = [made.get("model", versions), *([] if _registers(actions) else [versions])]
    return {
        "sagemaker:AddTags": Scope(resources=list(made.values()), reason=_BY_SAGEMAKER)
        if made
        else Scope(resources=registered, reason=VERSIONS),
        "sagemaker:*ProcessingJob": _one(made, "processing-job"),
        "sagemaker:*TrainingJob": _one(made, "training-job"),
        "sagemaker:*TransformJob": _one(made, "transform-job"),
        "sagemaker:CreateModel": Scope(resources=modelled, reason=_BY_SAGEMAKER),
        "sagemaker:DescribeModel": _one(made, "model"),
        "sagemaker:CreateModelPackage": Scope(resources=registered, reason=VERSIONS),
        "sagemaker:DescribeModelPackage": Scope(resources=[versions], reason=VERSIONS),
    }


def _registers(actions: Collection[str]) -> bool:
    return "sagemaker:CreateModelPackage" in actions


def _one(made: Mapping[str, str], kind: str) -> Scope:
    return Scope(resources=[made[kind]] if kind in made else [], reason=_BY_SAGEMAKER)


def _sagemaker_arn(scope: Construct, kind: str, name: str) -> str:
    return cdk.Stack.of(scope).format_arn(service="sagemaker", resource=kind, resource_name=name)
