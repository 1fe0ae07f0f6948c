"""The pipeline: its definition with the values of one environment, and the models of its runs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import aws_cdk as cdk
from aws_cdk import aws_sagemaker as sagemaker

from stacks.base import RedlineStack
from stacks.pipeline.deployed_definition import deployed_body
from stacks.pipeline.job_conditions import own_resources
from stacks.pipeline.models_emptier import ModelsEmptier
from stacks.pipeline.pipeline_context import PipelineContext
from stacks.pipeline.pipeline_roles import PipelineRoles
from stacks.platform import Platform

APPROVAL = "ModelApprovalStatus"


def sagemaker_pipeline(
    stack: RedlineStack,
    pipeline: PipelineContext,
    *,
    roles: PipelineRoles,
    values: Mapping[str, str],
    group: sagemaker.CfnModelPackageGroup | None,
) -> sagemaker.CfnPipeline:
    """Return the pipeline with the definition as the environment runs it."""
    approval = {APPROVAL: pipeline.settings.approval} if pipeline.manifest.registers_models else {}
    body = deployed_body(
        pipeline.definition.body,
        environment={**values, **roles.values},
        overrides={**pipeline.settings.parameters, **approval},
    )
    created = sagemaker.CfnPipeline(
        stack,
        "Pipeline",
        pipeline_name=pipeline.aws_name,
        pipeline_display_name=pipeline.aws_name,
        role_arn=roles.execution.role_arn,
        pipeline_definition={"PipelineDefinitionBody": stack.to_json_string(body)},
    )
    # The pipeline may start only when its roles' policies and its registry exist.
    created.node.add_dependency(*roles.policies, *([group] if group else []))
    return created


def empty_models(
    stack: RedlineStack,
    platform: Platform,
    pipeline: PipelineContext,
    *,
    created: sagemaker.CfnPipeline,
    schedules: Sequence[cdk.CfnResource],
) -> None:
    """Delete the models that runs created with the stack, if the definition creates models."""
    if "Model" in pipeline.manifest.roles:
        emptier = ModelsEmptier(
            stack,
            "ModelsEmptier",
            pipeline=created,
            own=own_resources(platform.environment, pipeline),
            key=platform.key,
            retention=platform.retention,
        )
        # Deletion is in reverse order: without the schedules no run starts during the deletion.
        for schedule in schedules:
            schedule.node.add_dependency(emptier)
