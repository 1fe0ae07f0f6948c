"""Queues of what could not be delivered or done, and the alarms that tell of it."""

from __future__ import annotations

import aws_cdk as cdk
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_cloudwatch_actions as actions
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_sns as sns
from aws_cdk import aws_sqs as sqs
from constructs import Construct

from stacks.common.acknowledge import acknowledge
from stacks.common.service_trust import same_account


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


def accept_failed_deliveries(queue: sqs.Queue, *, rule_arn: str) -> None:
    """Let EventBridge put into the queue what it could not deliver for a rule."""
    acknowledge(queue, "AwsSolutions-SQS3", "It is itself the dead-letter queue of the rule.")
    queue.add_to_resource_policy(
        iam.PolicyStatement(
            sid="FailedDeliveries",
            principals=[iam.ServicePrincipal("events.amazonaws.com")],
            actions=["sqs:SendMessage"],
            resources=[queue.queue_arn],
            conditions=same_account(queue, source_arn=rule_arn),
        )
    )


def alarm_on_messages(
    scope: Construct, name: str, *, queue: sqs.IQueue, description: str, alerts: sns.ITopic
) -> None:
    """Tell people as soon as there is a message in the queue."""
    metric = queue.metric_approximate_number_of_messages_visible(
        period=cdk.Duration.minutes(5), statistic="Maximum"
    )
    _alarm(scope, name, metric=metric, description=description, alerts=alerts)


def alarm_on_lost_events(
    scope: Construct, name: str, *, rule_name: str, description: str, alerts: sns.ITopic
) -> None:
    """Tell people when not even the dead-letter queue of a rule took what could not be delivered.

    The metric is of EventBridge (User Guide, "Monitoring Amazon EventBridge").
    """
    metric = cloudwatch.Metric(
        namespace="AWS/Events",
        metric_name="InvocationsFailedToBeSentToDlq",
        dimensions_map={"RuleName": rule_name},
        period=cdk.Duration.minutes(5),
        statistic="Sum",
    )
    _alarm(scope, name, metric=metric, description=description, alerts=alerts)


def alarm_on_lost_letters(
    scope: Construct,
    name: str,
    *,
    function: lambda_.IFunction,
    description: str,
    alerts: sns.ITopic,
) -> None:
    """Tell people when the dead-letter queue of a function did not take an event that it failed on.

    The metric is of Lambda (Developer Guide, "Types of metrics for Lambda functions").
    """
    metric = function.metric("DeadLetterErrors", period=cdk.Duration.minutes(5), statistic="Sum")
    _alarm(scope, name, metric=metric, description=description, alerts=alerts)


def alarm_on_errors(
    scope: Construct,
    name: str,
    *,
    function: lambda_.IFunction,
    description: str,
    alerts: sns.ITopic,
) -> None:
    """Tell people when a function fails again and again; once is what its queue is for."""
    metric = function.metric_errors(period=cdk.Duration.minutes(5), statistic="Sum")
    _alarm(scope, name, metric=metric, description=description, alerts=alerts, threshold=3)


def _alarm(
    scope: Construct,
    name: str,
    *,
    metric: cloudwatch.Metric,
    description: str,
    alerts: sns.ITopic,
    threshold: int = 1,
) -> None:
    """An alarm that lasts while the metric is at least `threshold`; no news are good news."""
    alarm = cloudwatch.Alarm(
        scope,
        name,
        alarm_description=description,
        metric=metric,
        threshold=threshold,
        evaluation_periods=1,
        comparison_operator=cloudwatch.ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
        treat_missing_data=cloudwatch.TreatMissingData.NOT_BREACHING,
    )
    alarm.add_alarm_action(actions.SnsAction(alerts))
