"""A schedule in a time zone: EventBridge Scheduler starts the pipeline."""

from __future__ import annotations

import aws_cdk as cdk
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_iam as iam
from aws_cdk import aws_scheduler as scheduler
from aws_cdk import aws_sns as sns
from constructs import Construct

from stacks.alerts.alarms import alarm_on_messages, metric_alarm
from stacks.alerts.dead_letters import accept_missing_dead_letters, dead_letters
from stacks.config import Schedule
from stacks.pipeline.pipeline_rule import request_text
from stacks.pipeline.start_role import start_role


class ZonedSchedule(Construct):
    """The schedule in a group of its own, its role, and the queue of failed starts, with alarms.

    The role may be assumed for the group alone, and the metric of lost starts has the group as its
    only dimension ("Confused deputy prevention" and "Monitoring with CloudWatch" of
    https://docs.aws.amazon.com/scheduler/latest/UserGuide/).
    """

    def __init__(
        self,
        scope: Construct,
        name: str,
        *,
        schedule_name: str,
        schedule: Schedule,
        pipeline_arn: str,
        alerts: sns.ITopic,
    ) -> None:
        super().__init__(scope, name)
        queue = dead_letters(self, "FailedStarts")
        accept_missing_dead_letters(queue)
        group = scheduler.CfnScheduleGroup(self, "Group", name=schedule_name)
        # The role also sends to the queue: the queue needs no policy.
        sending = iam.PolicyStatement(actions=["sqs:SendMessage"], resources=[queue.queue_arn])
        role = start_role(
            self,
            service="scheduler.amazonaws.com",
            source_arn=group.attr_arn,
            pipeline_arn=pipeline_arn,
            more=(sending,),
        )
        self.schedule = scheduler.CfnSchedule(
            self,
            "Schedule",
            name=schedule_name,
            group_name=group.ref,
            description="Starts the pipeline on schedule",
            schedule_expression=schedule.expression,
            schedule_expression_timezone=schedule.time_zone,
            state="ENABLED" if schedule.enabled else "DISABLED",
            flexible_time_window=scheduler.CfnSchedule.FlexibleTimeWindowProperty(mode="OFF"),
            target=scheduler.CfnSchedule.TargetProperty(
                arn=pipeline_arn,
                role_arn=role.role_arn,
                dead_letter_config=scheduler.CfnSchedule.DeadLetterConfigProperty(
                    arn=queue.queue_arn
                ),
                # As for a rule: a later start would be too close to the next one.
                retry_policy=scheduler.CfnSchedule.RetryPolicyProperty(
                    maximum_retry_attempts=185, maximum_event_age_in_seconds=3600
                ),
                sage_maker_pipeline_parameters=_parameters(schedule),
            ),
        )
        alarm_on_messages(
            self,
            "FailedStartsAlarm",
            queue=queue,
            description=f"{schedule_name} could not start the pipeline: see the queue's messages",
            runbook="failed-start",
            alerts=alerts,
        )
        metric_alarm(
            self,
            "LostStartsAlarm",
            metric=cloudwatch.Metric(
                namespace="AWS/Scheduler",
                metric_name="InvocationsFailedToBeSentToDeadLetterCount",
                dimensions_map={"ScheduleGroup": group.ref},
                period=cdk.Duration.minutes(5),
                statistic="Sum",
            ),
            description=f"{schedule_name} could not start the pipeline, and its queue of failed "
            "starts took no message: check that the queue exists, and start the pipeline manually",
            runbook="lost-start",
            alerts=alerts,
        )


def _parameters(
    schedule: Schedule,
) -> scheduler.CfnSchedule.SageMakerPipelineParametersProperty | None:
    if not schedule.parameters:
        return None
    return scheduler.CfnSchedule.SageMakerPipelineParametersProperty(
        pipeline_parameter_list=[
            scheduler.CfnSchedule.SageMakerPipelineParameterProperty(
                name=name, value=request_text(value)
            )
            for name, value in schedule.parameters.items()
        ]
    )
