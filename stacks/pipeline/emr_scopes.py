"""The resources on which SageMaker Pipelines may use EMR with the execution role.

https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonelasticmapreduce.html
https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonemrserverless.html
"""

from __future__ import annotations

from collections.abc import Iterator

import aws_cdk as cdk
from constructs import Construct

from stacks.common.existing_resources import expect
from stacks.common.permissions import Scope
from stacks.config import Environment
from stacks.pipeline.emr_roles import applications
from stacks.pipeline.job_conditions import own_resources, request_tags
from stacks.pipeline.pipeline_context import PipelineContext

_CREATION = "emr-serverless:CreateApplication"
_BY_EMR = "EMR numbers its clusters and applications when it makes them."
# The rules by which SageMaker Pipelines follows jobs. Two pages name that of new clusters
# differently: "EMR step" in
# https://docs.aws.amazon.com/sagemaker/latest/dg/build-and-manage-steps-types.html, and
# https://docs.aws.amazon.com/sagemaker/latest/dg/security-iam-awsmanpol-pipelines.html
_RULE = "SageMakerPipelineExecutionEMR"
_RUNNING_RULES = (f"{_RULE}StepStatusUpdateRule",)
_NEW_RULES = (f"{_RULE}ClusterStatusUpdateRule", f"{_RULE}ClusterStatusRule")
_SERVERLESS_RULES = (f"{_RULE}Serverless*",)
_BY_PIPELINES = "AWS does not document the name of the rule for jobs of EMR Serverless."


def emr_scopes(
    scope: Construct, environment: Environment, pipeline: PipelineContext
) -> dict[str, Scope]:
    """Return the scopes of the actions of EMR steps, and of the rules that follow them."""
    _expect(scope, pipeline)
    stack, settings = cdk.Stack.of(scope), pipeline.settings
    every = stack.format_arn(service="elasticmapreduce", resource="cluster", resource_name="*")
    running = stack.format_arn(
        service="elasticmapreduce", resource="cluster", resource_name=settings.emr_cluster
    )
    clusters = (
        [running] if _uses(pipeline, "EmrClusterId") else [],
        [every] if _creates_clusters(pipeline) else [],
    )
    # The tags of a running cluster are its owner's, so a condition would exclude it.
    condition = {} if clusters[0] else own_resources(environment, pipeline)
    known = [
        *([settings.emr_application] if _uses(pipeline, "EmrApplicationId") else []),
        *(["*"] if _CREATION in pipeline.manifest.execution.actions else []),
    ]
    own = [applications(scope, identifier) for identifier in known]
    tags = request_tags(environment, pipeline)
    rules = [
        stack.format_arn(service="events", resource="rule", resource_name=name)
        for name in _rules(pipeline)
    ]
    return {
        "elasticmapreduce:RunJobFlow": Scope(resources=["*"], conditions=tags, reason=_BY_EMR),
        "elasticmapreduce:AddTags": Scope(resources=[every], conditions=tags, reason=_BY_EMR),
        "elasticmapreduce:*": Scope(
            resources=[*clusters[0], *clusters[1]],
            conditions=condition if clusters[1] else {},
            reason=_BY_EMR,
        ),
        _CREATION: Scope(resources=["*"], reason=_BY_EMR),
        "emr-serverless:*JobRun": Scope(
            resources=[each for one in own for each in (one, f"{one}/jobruns/*")], reason=_BY_EMR
        ),
        "emr-serverless:*": Scope(resources=own, reason=_BY_EMR),
        "events:*": Scope(resources=rules, reason=_BY_PIPELINES),
    }


def service_roles(pipeline: PipelineContext) -> list[str]:
    """Return the service role of new clusters, which the execution role passes."""
    return [pipeline.settings.emr_service_role] if _creates_clusters(pipeline) else []


def receivers(pipeline: PipelineContext) -> str | list[str]:
    """Return the service, or the services, to which the execution role passes roles."""
    roles = pipeline.manifest.roles
    found = [
        *(["sagemaker"] if {"Processing", "Database", "Training", "Model"} & {*roles} else []),
        *(["ec2", "elasticmapreduce"] if "EmrCluster" in roles else []),
        *(["emr-serverless"] if "EmrServerless" in roles else []),
    ]
    services = [f"{service}.amazonaws.com" for service in found]
    return services[0] if len(services) == 1 else services


def _rules(pipeline: PipelineContext) -> Iterator[str]:
    if _uses(pipeline, "EmrClusterId"):
        yield from _RUNNING_RULES
    if _creates_clusters(pipeline):
        yield from _NEW_RULES
    if "EmrServerless" in pipeline.manifest.roles:
        yield from _SERVERLESS_RULES


def _creates_clusters(pipeline: PipelineContext) -> bool:
    return "EmrCluster" in pipeline.manifest.roles


def _uses(pipeline: PipelineContext, value: str) -> bool:
    return value in pipeline.manifest.environment


def _expect(scope: Construct, pipeline: PipelineContext) -> None:
    """List what the stack uses and does not contain: cluster, application and service role."""
    settings = pipeline.settings
    existing = {
        "EmrClusterId": ("AWS::EMR::Cluster", settings.emr_cluster),
        "EmrApplicationId": ("AWS::EMRServerless::Application", settings.emr_application),
        "EmrServiceRole": ("EMR::ServiceRole", settings.emr_service_role.partition(":role/")[2]),
    }
    for value, (kind, identifier) in existing.items():
        if _uses(pipeline, value):
            expect(cdk.Stack.of(scope), kind, identifier, {})
