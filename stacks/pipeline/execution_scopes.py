"""The resources on which SageMaker Pipelines may use the actions of the execution role."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import aws_cdk as cdk
from aws_cdk import aws_iam as iam
from aws_cdk import aws_sqs as sqs
from constructs import Construct

from stacks.common.permissions import Scope
from stacks.config import Environment
from stacks.pipeline.described_jobs import BY_SAGEMAKER, CREATED, TUNING, tuned_jobs
from stacks.pipeline.emr_scopes import emr_scopes, receivers, service_roles
from stacks.pipeline.job_conditions import creation, own_resources, tags_of_creation
from stacks.pipeline.job_scopes import VERSIONS, objects
from stacks.pipeline.pipeline_context import PipelineContext
from stacks.platform import Platform

# The names of these jobs have at most 32 characters, which the prefix does not fit into.
_SHORT_NAMES = {TUNING, "automl-job"}
# Resource types that are written differently in actions.
_IN_ACTIONS = {"automl-job": "AutoMLJob"}


def execution_scopes(
    scope: Construct,
    *,
    platform: Platform,
    pipeline: PipelineContext,
    queues: Mapping[str, sqs.IQueue],
    values: Mapping[str, str],
    jobs: Iterable[iam.IRole],
) -> dict[str, Scope]:
    """Return the scopes of the execution role, which passes the roles `jobs`."""
    manifest = pipeline.manifest
    return {
        "iam:PassRole": Scope(
            resources=[*(role.role_arn for role in jobs), *service_roles(pipeline)],
            conditions={"StringEquals": {"iam:PassedToService": receivers(pipeline)}},
        ),
        **_created_scopes(scope, platform.environment, pipeline, values),
        "s3:GetObject": objects(platform, pipeline, manifest.execution.reads),
        "kms:Decrypt": Scope(resources=[platform.key.key_arn]),
        "lambda:InvokeFunction": Scope(resources=[values[name] for name in manifest.functions]),
        **emr_scopes(scope, platform.environment, pipeline),
        "sqs:SendMessage": Scope(resources=[queues[name].queue_arn for name in manifest.queues]),
    }


def _created_scopes(
    scope: Construct,
    environment: Environment,
    pipeline: PipelineContext,
    values: Mapping[str, str],
) -> dict[str, Scope]:
    """Jobs, models and packages, each with the resources on which its actions are allowed.

    The names of jobs and models do not contain the pipeline, so their tags separate the pipelines
    (docs/decisions/0038-tags-separate-the-jobs-of-pipelines.md).
    """
    manifest, group = pipeline.manifest, pipeline.package_group
    created = {
        kind: _sagemaker_arn(scope, kind, "*" if kind in _SHORT_NAMES else CREATED)
        for kind in manifest.creates
    }
    versions = _sagemaker_arn(scope, "model-package", f"{group}/*")
    registered = [_sagemaker_arn(scope, "model-package-group", group), versions]
    # CreateModel from a package needs the permission on the package, too.
    modelled = [
        *([created["model"]] if "model" in created else []),
        *([] if manifest.registers_models else [versions]),
    ]
    return {
        "sagemaker:AddTags": Scope(
            resources=list(created.values()),
            conditions=tags_of_creation(environment, pipeline, map(_creating, created)),
            reason=BY_SAGEMAKER,
        ),
        "sagemaker:CreateModelPackage": Scope(resources=registered, reason=VERSIONS),
        "sagemaker:DescribeModelPackage": Scope(resources=[versions], reason=VERSIONS),
        **{
            _creating(kind): Scope(
                resources=modelled if kind == "model" else [arn],
                conditions=creation(kind, environment, pipeline, values),
                reason=BY_SAGEMAKER,
            )
            for kind, arn in created.items()
        },
        # Without the tags: no page says when a condition sees the tags of a new job, and each step
        # describes its new job.
        **{
            f"sagemaker:Describe{_in_actions(kind)}": Scope(resources=[arn], reason=BY_SAGEMAKER)
            for kind, arn in created.items()
        },
        **tuned_jobs(scope, pipeline),
        **{
            f"sagemaker:*{_in_actions(kind)}": Scope(
                resources=[arn],
                conditions=own_resources(environment, pipeline),
                reason=BY_SAGEMAKER,
            )
            for kind, arn in created.items()
        },
    }


def _creating(resource_type: str) -> str:
    return f"sagemaker:Create{_in_actions(resource_type)}"


def _in_actions(resource_type: str) -> str:
    """Return a resource type as it is written in actions: ProcessingJob for processing-job."""
    return _IN_ACTIONS.get(resource_type) or resource_type.title().replace("-", "")


def _sagemaker_arn(scope: Construct, kind: str, name: str) -> str:
    return _arn(scope, "sagemaker", kind, name)


def _arn(scope: Construct, service: str, kind: str, name: str) -> str:
    return cdk.Stack.of(scope).format_arn(service=service, resource=kind, resource_name=name)
