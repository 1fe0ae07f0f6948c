"""Queues of what could not be delivered or done, and the alarms that watch them."""

from __future__ import annotations

import aws_cdk as cdk
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_cloudwatch_actions as actions
from aws_cdk import aws_sns as sns
from aws_cdk import aws_sqs as sqs
from constructs import Construct

from stacks.constructs.acknowledge import acknowledge


def dead_letters(scope: Construct, name: str) -> sqs.Queue:
    """A queue that keeps for two weeks what failed."""
    queue = sqs.Queue(
        scope,
        name,
        # The service's own key: EventBridge may use it without a grant.
        encryption=sqs.QueueEncryption.SQS_MANAGED,
        enforce_ssl=True,
        retention_period=cdk.Duration.days(14),
    )
    accept_key_of_service(queue)
    return queue


def accept_key_of_service(queue: sqs.Queue) -> None:
    """A queue under SQS' own key is encrypted, though checkov sees customer keys alone."""
    acknowledge(
        queue, "CKV_AWS_27", "SQS encrypts it with its own key, as SqsManagedSseEnabled says."
    )


def alarm_on_messages(
    scope: Construct, name: str, *, queue: sqs.IQueue, description: str, alerts: sns.ITopic
) -> None:
    """Tell people as soon as there is a message in the queue."""
    alarm = cloudwatch.Alarm(
        scope,
        name,
        alarm_description=description,
        metric=queue.metric_approximate_number_of_messages_visible(
            period=cdk.Duration.minutes(5), statistic="Maximum"
        ),
        threshold=1,
        evaluation_periods=1,
        comparison_operator=cloudwatch.ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
        treat_missing_data=cloudwatch.TreatMissingData.NOT_BREACHING,
    )
    alarm.add_alarm_action(actions.SnsAction(alerts))
