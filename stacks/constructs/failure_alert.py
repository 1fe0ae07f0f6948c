"""Tells people when an execution of a pipeline fails or is stopped."""

from __future__ import annotations

from aws_cdk import aws_events as events
from aws_cdk import aws_sns as sns
from constructs import Construct


class FailureAlert(Construct):
    """A rule on the pipeline's ARN: the event carries no name (SageMaker Developer Guide,
    "Events that SageMaker sends to EventBridge")."""

    def __init__(
        self, scope: Construct, name: str, *, pipeline_arn: str, alerts: sns.ITopic
    ) -> None:
        super().__init__(scope, name)
        events.CfnRule(
            self,
            "Rule",
            description="Tells of failed and stopped executions",
            event_pattern={
                "source": ["aws.sagemaker"],
                "detail-type": ["SageMaker Model Building Pipeline Execution Status Change"],
                "detail": {
                    "pipelineArn": [pipeline_arn],
                    "currentPipelineExecutionStatus": ["Failed", "Stopped"],
                },
            },
            targets=[events.CfnRule.TargetProperty(id="Alerts", arn=alerts.topic_arn)],
        )
