"""Starts a pipeline on schedule, and says so when it cannot."""

from __future__ import annotations

import aws_cdk as cdk
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_cloudwatch_actions as actions
from aws_cdk import aws_events as events
from aws_cdk import aws_iam as iam
from aws_cdk import aws_sns as sns
from aws_cdk import aws_sqs as sqs
from constructs import Construct

from stacks.config import ParameterValue, Schedule
from stacks.constructs.acknowledge import acknowledge


class PipelineSchedule(Construct):
    """The EventBridge rule, its role, and the queue of starts that failed, watched by an alarm."""

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
        super().__init__(scope, name)
        self._queue = self._failed_starts()
        self.rule = events.CfnRule(
            self,
            "Rule",
            name=rule_name,
            description="Starts the pipeline",
            schedule_expression=schedule.expression,
            state="ENABLED" if schedule.enabled else "DISABLED",
            targets=[self._target(schedule, pipeline_arn)],
        )
        self._queue.add_to_resource_policy(
            iam.PolicyStatement(
                sid="FailedStarts",
                principals=[iam.ServicePrincipal("events.amazonaws.com")],
                actions=["sqs:SendMessage"],
                resources=[self._queue.queue_arn],
                conditions={"ArnEquals": {"aws:SourceArn": self.rule.attr_arn}},
            )
        )
        self._alarm(alerts)

    def _target(self, schedule: Schedule, pipeline_arn: str) -> events.CfnRule.TargetProperty:
        return events.CfnRule.TargetProperty(
            id="Pipeline",
            arn=pipeline_arn,
            role_arn=self._starter(pipeline_arn).role_arn,
            dead_letter_config=events.CfnRule.DeadLetterConfigProperty(arn=self._queue.queue_arn),
            retry_policy=events.CfnRule.RetryPolicyProperty(
                maximum_retry_attempts=3, maximum_event_age_in_seconds=3600
            ),
            sage_maker_pipeline_parameters=_parameters(schedule),
        )

    def _starter(self, pipeline_arn: str) -> iam.Role:
        role = iam.Role(
            self,
            "Role",
            assumed_by=iam.ServicePrincipal("events.amazonaws.com"),
            description="Starts the pipeline on schedule",
        )
        iam.Policy(
            self,
            "Policy",
            roles=[role],
            statements=[
                iam.PolicyStatement(
                    actions=["sagemaker:StartPipelineExecution"], resources=[pipeline_arn]
                )
            ],
        )
        return role

    def _failed_starts(self) -> sqs.Queue:
        queue = sqs.Queue(
            self,
            "FailedStarts",
            # The service's own key: EventBridge may use it without a grant.
            encryption=sqs.QueueEncryption.SQS_MANAGED,
            enforce_ssl=True,
            retention_period=cdk.Duration.days(14),
        )
        acknowledge(
            queue, "AwsSolutions-SQS3", "It is itself the dead-letter queue of the schedule."
        )
        return queue

    def _alarm(self, alerts: sns.ITopic) -> None:
        alarm = cloudwatch.Alarm(
            self,
            "FailedStartsAlarm",
            alarm_description="The schedule could not start the pipeline: see the queue's messages",
            metric=self._queue.metric_approximate_number_of_messages_visible(
                period=cdk.Duration.minutes(5), statistic="Maximum"
            ),
            threshold=1,
            evaluation_periods=1,
            comparison_operator=cloudwatch.ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
            treat_missing_data=cloudwatch.TreatMissingData.NOT_BREACHING,
        )
        alarm.add_alarm_action(actions.SnsAction(alerts))


def _parameters(
    schedule: Schedule,
) -> events.CfnRule.SageMakerPipelineParametersProperty | None:
    if not schedule.parameters:
        return None
    return events.CfnRule.SageMakerPipelineParametersProperty(
        pipeline_parameter_list=[
            events.CfnRule.SageMakerPipelineParameterProperty(name=name, value=_text(value))
            for name, value in schedule.parameters.items()
        ]
    )


def _text(value: ParameterValue) -> str:
    """A parameter's value as StartPipelineExecution takes it."""
    return str(value).lower() if isinstance(value, bool) else str(value)
