"""Lets the kept files of failed executions expire."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import aws_cdk as cdk
from aws_cdk import aws_events as events
from aws_cdk import aws_events_targets as targets
from constructs import Construct

from stacks.alerts.alarms import alarm_on_dead_letter_errors, alarm_on_messages
from stacks.alerts.dead_letters import dead_letters
from stacks.common.permissions import Scope, derived_policy
from stacks.common.python_function import PythonFunction
from stacks.lake.lake_buckets import KEPT
from stacks.lake.model_objects import mark_expirer
from stacks.platform import Platform

_ACTIONS = (
    "kms:Decrypt",
    "s3:GetObject",
    "s3:ListBucket",
    "s3:PutObjectTagging",
    "sagemaker:DescribeModelPackage",
    "sagemaker:DescribePipelineExecution",
    "sagemaker:ListModelPackages",
    "sagemaker:ListPipelineExecutions",
)
# The days of the units of ExpireAfter, at most: 30d, P30D or 1y6m
# (https://docs.aws.amazon.com/sagemaker/latest/dg/pipelines-caching.html).
_DAYS = {"y": 366, "m": 31, "w": 7, "d": 1}
_RUNBOOK = "unexpired-files"
_EXECUTIONS = "The ID of an execution is not known before it starts."
_VERSIONS = "A version is known only after it was registered."


class RunExpiry(Construct):
    """The function that tags these files, the rule that calls it once a day, and its alarms."""

    def __init__(self, scope: Construct, name: str, *, platform: Platform) -> None:
        super().__init__(scope, name)
        failures = dead_letters(self, "Failures")
        alarm_on_messages(
            self,
            "FailuresAlarm",
            queue=failures,
            description="Files of failed executions were not tagged: see the queue's messages",
            runbook=_RUNBOOK,
            alerts=platform.alerts,
        )
        groups = [
            platform.name_of(each.name)
            for each in platform.definitions.values()
            if each.manifest.registers_models
        ]
        executions = cdk.Stack.of(self).format_arn(
            service="sagemaker", resource="pipeline", resource_name=platform.name_of("")
        )
        worker = PythonFunction(
            self,
            "Function",
            handler="expire_runs",
            description="tags the kept files of failed executions to which nothing refers",
            timeout=cdk.Duration.minutes(15),
            retention=platform.retention,
            key=platform.key,
            dead_letters=failures,
            environment={
                "LAKE_BUCKET": platform.lake.bucket_name,
                "MODEL_PACKAGE_GROUPS": " ".join(groups),
                "PIPELINE_ARN_PREFIX": executions,
            },
        )
        mark_expirer(worker.role)
        derived_policy(
            self,
            "Policy",
            role=worker.role,
            actions=_ACTIONS,
            scopes=_scopes(self, platform, groups),
        )
        events.Rule(
            self,
            "Daily",
            rule_name=platform.name_of("run-expiry"),
            description="Tags the files of failed executions",
            schedule=events.Schedule.rate(cdk.Duration.days(1)),
            targets=[
                targets.LambdaFunction(
                    worker.function,
                    event=events.RuleTargetInput.from_object(
                        {"unused_days": dict(_unused_days(platform))}
                    ),
                    dead_letter_queue=failures,
                    retry_attempts=3,
                    max_event_age=cdk.Duration.hours(1),
                )
            ],
        )
        alarm_on_dead_letter_errors(
            self,
            "LostAlarm",
            function=worker.function,
            description="Files of failed executions were not tagged, and the dead-letter queue "
            "took no message: see whether the queue is there",
            runbook=_RUNBOOK,
            alerts=platform.alerts,
        )


def _unused_days(platform: Platform) -> Iterator[tuple[str, int]]:
    """Yield a pipeline, and the days after which a later run cannot reuse its results."""
    for name, definition in sorted(platform.definitions.items()):
        cached = list(_cached_days(definition.body))
        if None not in cached:
            longest = max((days for days in cached if days is not None), default=0)
            yield name, max(platform.retention.run_days, longest + 1)


def _cached_days(document: Any) -> Iterator[int | None]:
    """Yield the days for which steps may be reused, at any depth; None if there is no limit."""
    if isinstance(document, list):
        for each in document:
            yield from _cached_days(each)
    elif isinstance(document, dict):
        cache = document.get("CacheConfig")
        if isinstance(cache, dict) and cache.get("Enabled"):
            after = cache.get("ExpireAfter")
            yield None if after is None else _days(after)
        for each in document.values():
            yield from _cached_days(each)


def _days(duration: str) -> int:
    """Return the days of a duration, rounded up."""
    date = duration.lower().partition("t")[0]
    counted = re.findall(r"(\d+)([ymwd])", date)
    return sum(int(count) * _DAYS[unit] for count, unit in counted) + 1


def _scopes(scope: Construct, platform: Platform, groups: list[str]) -> dict[str, Scope]:
    stack, lake = cdk.Stack.of(scope), platform.lake
    pipelines = [platform.name_of(name) for name in platform.definitions]

    def arns(resource: str, names: list[str]) -> list[str]:
        return [
            stack.format_arn(service="sagemaker", resource=resource, resource_name=name)
            for name in names
        ]

    return {
        "kms:Decrypt": Scope(resources=[platform.key.key_arn]),
        "s3:GetObject": Scope(
            resources=[lake.arn_for_objects(f"{KEPT}*.json")],
            reason="It reads the files that point to the newest set of a pipeline.",
        ),
        "s3:ListBucket": Scope(
            resources=[lake.bucket_arn],
            conditions={"StringLike": {"s3:prefix": [f"{KEPT}*"]}},
        ),
        "s3:PutObjectTagging": Scope(
            resources=[lake.arn_for_objects(f"{KEPT}*")], reason=_EXECUTIONS
        ),
        "sagemaker:*ModelPackage*": Scope(
            resources=arns("model-package", [f"{group}/*" for group in groups]), reason=_VERSIONS
        ),
        "sagemaker:DescribePipelineExecution": Scope(
            resources=arns("pipeline", [f"{name}/execution/*" for name in pipelines]),
            reason=_EXECUTIONS,
        ),
        "sagemaker:ListPipelineExecutions": Scope(resources=arns("pipeline", pipelines)),
    }
