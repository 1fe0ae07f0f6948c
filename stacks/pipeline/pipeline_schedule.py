"""Starts a pipeline on its schedules."""

from __future__ import annotations

import aws_cdk as cdk
from aws_cdk import aws_sns as sns
from constructs import Construct

from stacks.config import Pipeline, Schedule
from stacks.pipeline.pipeline_rule import PipelineRule
from stacks.pipeline.zoned_schedule import ZonedSchedule


def pipeline_schedules(
    scope: Construct, settings: Pipeline, *, aws_name: str, pipeline_arn: str, alerts: sns.ITopic
) -> list[cdk.CfnResource]:
    """Create the schedules with their own parameters; return the resources that start runs.

    A schedule is an EventBridge rule, or a schedule of EventBridge Scheduler if it has a time zone.
    The name of a schedule is the end of its logical ID, so that the order does not matter.
    """
    return [
        _trigger(scope, each, aws_name=aws_name, pipeline_arn=pipeline_arn, alerts=alerts)
        for each in settings.all_schedules
    ]


def _trigger(
    scope: Construct, schedule: Schedule, *, aws_name: str, pipeline_arn: str, alerts: sns.ITopic
) -> cdk.CfnResource:
    words = schedule.name.split("-") if schedule.name else []
    logical = "".join(["Schedule", *(word.capitalize() for word in words)])
    name = "-".join([aws_name, "schedule", *words])
    if schedule.time_zone is not None:
        zoned = ZonedSchedule(
            scope,
            f"{logical}InZone",
            schedule_name=name,
            schedule=schedule,
            pipeline_arn=pipeline_arn,
            alerts=alerts,
        )
        return zoned.schedule
    rule: cdk.CfnResource = PipelineRule(
        scope,
        logical,
        rule_name=name,
        description="Starts the pipeline on schedule",
        trigger={
            "schedule_expression": schedule.expression,
            "state": "ENABLED" if schedule.enabled else "DISABLED",
        },
        pipeline_arn=pipeline_arn,
        alerts=alerts,
        parameters=schedule.parameters,
    ).rule
    return rule
