"""Writes the report of each execution of a pipeline to the lake."""

from __future__ import annotations

import aws_cdk as cdk
from aws_cdk import aws_events as events
from aws_cdk import aws_events_targets as targets
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_sqs as sqs
from constructs import Construct

from stacks.alerts.alarms import alarm_on_dead_letter_errors
from stacks.common.permissions import Scope, derived_policy
from stacks.common.python_function import ONE_VCPU_MB, PythonFunction
from stacks.lake.lake_buckets import KEPT, REPORTS, RUNS
from stacks.pipeline.described_jobs import described_jobs
from stacks.pipeline.job_scopes import VERSIONS
from stacks.pipeline.pipeline_context import PipelineContext
from stacks.platform import Platform

_ACTIONS = (
    "kms:Decrypt",
    "kms:GenerateDataKey",
    "s3:PutObject",
    "sagemaker:DescribePipelineDefinitionForExecution",
    "sagemaker:DescribePipelineExecution",
    "sagemaker:ListPipelineExecutionSteps",
    "sagemaker:ListPipelineParametersForExecution",
    "sns:Publish",
)
_DOCUMENTS = ("s3:GetObject", "s3:ListBucket")
_LOGS = ("logs:DescribeLogStreams", "logs:GetLogEvents")
_PACKAGE = "sagemaker:DescribeModelPackage"
# What a pipeline creates -> the log group of these jobs, whose last lines are shown.
_GROUPS = {
    "processing-job": "ProcessingJobs",
    "training-job": "TrainingJobs",
    "transform-job": "TransformJobs",
}


class RunReport(Construct):
    """The function, and the rule that calls it when an execution ends.

    It also publishes to the alert topic why an execution failed or was stopped. `dead_letters`
    receives the events for which no report or no alert was written; it has an alarm.
    """

    def __init__(
        self,
        scope: Construct,
        name: str,
        *,
        platform: Platform,
        pipeline: PipelineContext,
        dead_letters: sqs.IQueue,
    ) -> None:
        super().__init__(scope, name)
        worker = PythonFunction(
            self,
            "Function",
            handler="write_report",
            packages=("execution_reader", "html_pages", "prices", "run_report"),
            description="writes the reports of a pipeline's executions, and alerts of failures",
            timeout=cdk.Duration.minutes(5),
            memory_mb=ONE_VCPU_MB,
            retention=platform.retention,
            key=platform.key,
            dead_letters=dead_letters,
            environment={
                "ENVIRONMENT": platform.environment.name,
                "PIPELINE": pipeline.name,
                "LAKE_BUCKET": platform.lake.bucket_name,
                "ALERT_TOPIC": platform.alerts.topic_arn,
            },
        )
        described = described_jobs(self, pipeline)
        derived_policy(
            self,
            "Policy",
            role=worker.role,
            actions=[*_actions(pipeline), *described],
            scopes={**described, **_scopes(self, platform, pipeline)},
        )
        _rule(self, pipeline.aws_name, function=worker.function, queue=dead_letters)
        alarm_on_dead_letter_errors(
            self,
            "LostAlarm",
            function=worker.function,
            description=f"The report of an execution of {pipeline.aws_name} was not written, and "
            "the dead-letter queue took no message: see whether the queue is there",
            runbook="lost-report",
            alerts=platform.alerts,
        )


def _rule(
    scope: Construct, pipeline: str, *, function: lambda_.IFunction, queue: sqs.IQueue
) -> events.Rule:
    """Create the rule, which matches the ARN of the pipeline: the event has no name."""
    arn = cdk.Stack.of(scope).format_arn(
        service="sagemaker", resource="pipeline", resource_name=pipeline
    )
    return events.Rule(
        scope,
        "Ended",
        description="An execution has ended",
        event_pattern=events.EventPattern(
            source=["aws.sagemaker"],
            detail_type=["SageMaker Model Building Pipeline Execution Status Change"],
            detail={
                "pipelineArn": [arn],
                "currentPipelineExecutionStatus": ["Succeeded", "Failed", "Stopped"],
            },
        ),
        targets=[
            targets.LambdaFunction(
                function,
                dead_letter_queue=queue,
                retry_attempts=3,
                max_event_age=cdk.Duration.hours(1),
            )
        ],
    )


def _actions(pipeline: PipelineContext) -> list[str]:
    """Return the actions that the steps of the pipeline make necessary."""
    actions = list(_ACTIONS)
    if _areas(pipeline):
        actions += _DOCUMENTS
    if _groups(pipeline):
        actions += _LOGS
    if pipeline.owns_registry:
        actions.append(_PACKAGE)
    return actions


def _areas(pipeline: PipelineContext) -> list[str]:
    """Return the prefixes in which processing jobs write documents of their executions."""
    written = {place.area for place in pipeline.manifest.job("Processing").writes}
    return [f"{area}{pipeline.name}/*" for area in (KEPT, RUNS) if area.rstrip("/") in written]


def _groups(pipeline: PipelineContext) -> list[str]:
    return [group for kind, group in _GROUPS.items() if kind in pipeline.manifest.creates]


def _scopes(scope: Construct, platform: Platform, pipeline: PipelineContext) -> dict[str, Scope]:
    """Return the resources: executions and documents of the pipeline, and logs of its jobs."""
    stack, lake, own = cdk.Stack.of(scope), platform.lake, pipeline.name
    executions = stack.format_arn(
        service="sagemaker", resource="pipeline", resource_name=f"{pipeline.aws_name}/execution/*"
    )
    versions = stack.format_arn(
        service="sagemaker", resource="model-package", resource_name=f"{pipeline.package_group}/*"
    )
    areas, groups = _areas(pipeline), _groups(pipeline)
    of_execution = "The ID of an execution is not known before it starts."
    return {
        "kms:*": Scope(resources=[platform.key.key_arn]),
        "logs:DescribeLogStreams": Scope(
            resources=[_log_group(stack, f"{group}:*") for group in groups],
            reason="The ARN of a log group ends with this wildcard.",
        ),
        "logs:GetLogEvents": Scope(
            resources=[_log_group(stack, f"{group}:log-stream:pipelines-*") for group in groups],
            reason="SageMaker Pipelines names the jobs, and so their streams, when it makes them.",
        ),
        "s3:GetObject": Scope(
            resources=[lake.arn_for_objects(f"{area}.json") for area in areas],
            reason=of_execution,
        ),
        "s3:ListBucket": Scope(
            resources=[lake.bucket_arn],
            conditions={"StringLike": {"s3:prefix": [f"{KEPT}{own}/*", f"{RUNS}{own}/*"]}},
        ),
        "s3:PutObject": Scope(
            resources=[lake.arn_for_objects(f"{REPORTS}{own}/*")], reason=of_execution
        ),
        _PACKAGE: Scope(resources=[versions], reason=VERSIONS),
        "sagemaker:*": Scope(resources=[executions], reason=of_execution),
        "sns:Publish": Scope(resources=[platform.alerts.topic_arn]),
    }


def _log_group(stack: cdk.Stack, name: str) -> str:
    return stack.format_arn(
        service="logs",
        resource="log-group",
        resource_name=f"/aws/sagemaker/{name}",
        arn_format=cdk.ArnFormat.COLON_RESOURCE_NAME,
    )
