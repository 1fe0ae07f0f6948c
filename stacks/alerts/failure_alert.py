"""Alerts of failures in work that no user waits for: pipeline executions and an endpoint."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from aws_cdk import aws_events as events
from aws_cdk import aws_sns as sns
from constructs import Construct

from stacks.alerts.alarms import alarm_on_messages
from stacks.alerts.dead_letters import accept_failed_deliveries, dead_letters


class FailureAlert(Construct):
    """A rule that sends SageMaker's events of one type to the alert topic.

    `detail` is an event pattern. The `queue` keeps the events that cannot be delivered because the
    topic does not exist or rejects them. Other targets of such events may use it too.
    """

    def __init__(
        self,
        scope: Construct,
        name: str,
        *,
        description: str,
        detail_type: str,
        detail: Mapping[str, Sequence[str]],
        alerts: sns.ITopic,
    ) -> None:
        super().__init__(scope, name)
        self.queue = dead_letters(self, "Untold")
        rule = events.CfnRule(
            self,
            "Rule",
            description=description,
            event_pattern={
                "source": ["aws.sagemaker"],
                "detail-type": [detail_type],
                "detail": dict(detail),
            },
            targets=[
                events.CfnRule.TargetProperty(
                    id="Alerts",
                    arn=alerts.topic_arn,
                    dead_letter_config=events.CfnRule.DeadLetterConfigProperty(
                        arn=self.queue.queue_arn
                    ),
                )
            ],
        )
        accept_failed_deliveries(self.queue, rule_arn=rule.attr_arn)
        alarm_on_messages(
            self,
            "UntoldAlarm",
            queue=self.queue,
            description="A failure was not sent to the alert topic, or a report was not written: "
            "see the queue's messages, and whether the topic is there and its key may be used",
            alerts=alerts,
        )


def alert_on_failed_executions(
    scope: Construct, name: str, *, pipeline_arn: str, alerts: sns.ITopic
) -> FailureAlert:
    """Alert when an execution of a pipeline fails or is stopped.

    The rule matches the pipeline's ARN: the event has no name (SageMaker Developer Guide, "Events
    that SageMaker sends to EventBridge").
    """
    return FailureAlert(
        scope,
        name,
        description="Sends failed and stopped executions to the alert topic",
        detail_type="SageMaker Model Building Pipeline Execution Status Change",
        detail={
            "pipelineArn": [pipeline_arn],
            "currentPipelineExecutionStatus": ["Failed", "Stopped"],
        },
        alerts=alerts,
    )
