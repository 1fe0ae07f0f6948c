"""An EventBridge rule that starts a pipeline, with an alarm for failed starts."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import aws_cdk as cdk
from aws_cdk import aws_events as events
from aws_cdk import aws_sns as sns
from constructs import Construct

from stacks.alerts.alarms import alarm_on_lost_events, alarm_on_messages
from stacks.alerts.dead_letters import (
    accept_failed_deliveries,
    accept_missing_dead_letters,
    dead_letters,
)
from stacks.config import ParameterValue
from stacks.pipeline.start_role import start_role


class PipelineRule(Construct):
    """The rule, its role, and the queue of failed starts, with an alarm on the queue.

    `trigger` are the members of AWS::Events::Rule for a schedule or for events.
    """

    def __init__(
        self,
        scope: Construct,
        name: str,
        *,
        rule_name: str,
        description: str,
        trigger: Mapping[str, Any],
        pipeline_arn: str,
        alerts: sns.ITopic,
        parameters: Mapping[str, ParameterValue] | None = None,
    ) -> None:
        super().__init__(scope, name)
        self._queue = dead_letters(self, "FailedStarts")
        self._rule_arn = cdk.Stack.of(self).format_arn(
            service="events", resource="rule", resource_name=rule_name
        )
        self.rule = events.CfnRule(
            self,
            "Rule",
            name=rule_name,
            description=description,
            targets=[self._target(pipeline_arn, parameters or {})],
            **trigger,
        )
        accept_missing_dead_letters(self._queue)
        accept_failed_deliveries(self._queue, rule_arn=self.rule.attr_arn)
        alarm_on_messages(
            self,
            "FailedStartsAlarm",
            queue=self._queue,
            description=f"{rule_name} could not start the pipeline: see the queue's messages",
            runbook="failed-start",
            alerts=alerts,
        )
        alarm_on_lost_events(
            self,
            "LostStartsAlarm",
            rule_name=self.rule.ref,
            description=f"{rule_name} could not start the pipeline, and its queue of failed starts "
            "took no message: check that the queue exists, and start the pipeline manually",
            runbook="lost-start",
            alerts=alerts,
        )

    def _target(
        self, pipeline_arn: str, parameters: Mapping[str, ParameterValue]
    ) -> events.CfnRule.TargetProperty:
        role = start_role(
            self,
            service="events.amazonaws.com",
            source_arn=self._rule_arn,
            pipeline_arn=pipeline_arn,
        )
        return events.CfnRule.TargetProperty(
            id="Pipeline",
            arn=pipeline_arn,
            role_arn=role.role_arn,
            dead_letter_config=events.CfnRule.DeadLetterConfigProperty(arn=self._queue.queue_arn),
            # A throttled start is retried for an hour: a later start would be too close to the next
            # one of a schedule. The number is EventBridge's maximum.
            retry_policy=events.CfnRule.RetryPolicyProperty(
                maximum_retry_attempts=185, maximum_event_age_in_seconds=3600
            ),
            sage_maker_pipeline_parameters=_parameters(parameters),
        )


def _parameters(
    values: Mapping[str, ParameterValue],
) -> events.CfnRule.SageMakerPipelineParametersProperty | None:
    if not values:
        return None
    return events.CfnRule.SageMakerPipelineParametersProperty(
        pipeline_parameter_list=[
            events.CfnRule.SageMakerPipelineParameterProperty(name=name, value=request_text(value))
            for name, value in values.items()
        ]
    )


def request_text(value: ParameterValue) -> str:
    """Return a parameter's value in the form that StartPipelineExecution accepts."""
    return str(value).lower() if isinstance(value, bool) else str(value)
