"""Tells people of what failed by itself: executions of a pipeline, an endpoint."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from aws_cdk import aws_events as events
from aws_cdk import aws_sns as sns
from constructs import Construct

from stacks.alerts.alarms import alarm_on_messages
from stacks.alerts.dead_letters import accept_failed_deliveries, dead_letters


class FailureAlert(Construct):
    """A rule that tells the alert topic of SageMaker's events of one type.

    `detail` is matched as event patterns are. What cannot be told, as the topic is gone or refuses
    it, is kept in a queue.
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
        queue = dead_letters(self, "Untold")
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
                    dead_letter_config=events.CfnRule.DeadLetterConfigProperty(arn=queue.queue_arn),
                )
            ],
        )
        accept_failed_deliveries(queue, rule_arn=rule.attr_arn)
        alarm_on_messages(
            self,
            "UntoldAlarm",
            queue=queue,
            description="Something failed and the alert topic was not told: see the queue's "
            "messages, and whether the topic is there and its key may be used",
            alerts=alerts,
        )


def tell_of_failed_executions(
    scope: Construct, name: str, *, pipeline_arn: str, alerts: sns.ITopic
) -> FailureAlert:
    """Tell when an execution of a pipeline fails or is stopped.

    The rule is on the pipeline's ARN: the event carries no name (SageMaker Developer Guide,
    "Events that SageMaker sends to EventBridge").
    """
    return FailureAlert(
        scope,
        name,
        description="Tells of failed and stopped executions",
        detail_type="SageMaker Model Building Pipeline Execution Status Change",
        detail={
            "pipelineArn": [pipeline_arn],
            "currentPipelineExecutionStatus": ["Failed", "Stopped"],
        },
        alerts=alerts,
    )
