"""Alerts of failures in work that no user waits for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from aws_cdk import aws_events as events
from aws_cdk import aws_sns as sns
from constructs import Construct

from stacks.alerts.alarms import alarm_on_messages
from stacks.alerts.dead_letters import accept_failed_deliveries, dead_letters


class UntoldFailures(Construct):
    """The queue of failures that could not be sent to the alert topic, with an alarm."""

    def __init__(self, scope: Construct, name: str, *, alerts: sns.ITopic) -> None:
        super().__init__(scope, name)
        self.queue = dead_letters(self, "Untold")
        alarm_on_messages(
            self,
            "UntoldAlarm",
            queue=self.queue,
            description="A failure was not sent to the alert topic, or a report was not written: "
            "see the queue's messages, and whether the topic is there and its key may be used",
            runbook="untold-failure",
            alerts=alerts,
        )


class FailureAlert(UntoldFailures):
    """A rule that sends SageMaker's events of one type to the alert topic.

    `detail` is an event pattern. The `queue` keeps the events that cannot be delivered because the
    topic does not exist or rejects them.
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
        super().__init__(scope, name, alerts=alerts)
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
