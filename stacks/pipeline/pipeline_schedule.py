"""Starts a pipeline on a schedule."""

from __future__ import annotations

from aws_cdk import aws_sns as sns
from constructs import Construct

from stacks.config import Schedule
from stacks.pipeline.pipeline_rule import PipelineRule


class PipelineSchedule(PipelineRule):
    """The rule that fires on `schedule`, with the schedule's own parameters."""

    def __init__(
        self,
        scope: Construct,
        name: str,
        *,
        rule_name: str,
        schedule: Schedule,
        pipeline_arn: str,
        alerts: sns.ITopic,
    ) -> None:
        super().__init__(
            scope,
            name,
            rule_name=rule_name,
            description="Starts the pipeline on schedule",
            trigger={
                "schedule_expression": schedule.expression,
                "state": "ENABLED" if schedule.enabled else "DISABLED",
            },
            pipeline_arn=pipeline_arn,
            alerts=alerts,
            parameters=schedule.parameters,
        )
