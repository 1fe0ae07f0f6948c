"""CloudWatch alarms that publish to the alert topic."""

from __future__ import annotations

import aws_cdk as cdk
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_cloudwatch_actions as actions
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_sns as sns
from aws_cdk import aws_sqs as sqs
from constructs import Construct

# The page with a section for each kind of alarm.
RUNBOOK = "docs/runbook.md"
_AT_LEAST = cloudwatch.ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD


def metric_alarm(
    scope: Construct,
    name: str,
    *,
    metric: cloudwatch.IMetric,
    description: str,
    runbook: str,
    alerts: sns.ITopic,
    threshold: float = 1,
    comparison: cloudwatch.ComparisonOperator = _AT_LEAST,
    missing_data: cloudwatch.TreatMissingData = cloudwatch.TreatMissingData.NOT_BREACHING,
    alarm_name: str | None = None,
) -> cloudwatch.Alarm:
    """Create an alarm on one period of `metric`; by default missing data is OK.

    `runbook` is the section of the runbook that says what to do. The description names it, and so
    do the messages of the alarm.
    """
    alarm = cloudwatch.Alarm(
        scope,
        name,
        alarm_name=alarm_name,
        alarm_description=f"{description}. Runbook: {RUNBOOK}#{runbook}",
        metric=metric,
        threshold=threshold,
        evaluation_periods=1,
        comparison_operator=comparison,
        treat_missing_data=missing_data,
    )
    alarm.add_alarm_action(actions.SnsAction(alerts))
    return alarm


def alarm_on_messages(
    scope: Construct,
    name: str,
    *,
    queue: sqs.IQueue,
    description: str,
    runbook: str,
    alerts: sns.ITopic,
) -> None:
    """Alarm while the queue contains a message."""
    metric = queue.metric_approximate_number_of_messages_visible(
        period=cdk.Duration.minutes(5), statistic="Maximum"
    )
    metric_alarm(
        scope, name, metric=metric, description=description, runbook=runbook, alerts=alerts
    )


def alarm_on_lost_events(
    scope: Construct,
    name: str,
    *,
    rule_name: str,
    description: str,
    runbook: str,
    alerts: sns.ITopic,
) -> None:
    """Alarm when a rule could not send a failed event to its dead-letter queue.

    The metric is published by EventBridge (User Guide, "Monitoring Amazon EventBridge").
    """
    metric = cloudwatch.Metric(
        namespace="AWS/Events",
        metric_name="InvocationsFailedToBeSentToDlq",
        dimensions_map={"RuleName": rule_name},
        period=cdk.Duration.minutes(5),
        statistic="Sum",
    )
    metric_alarm(
        scope, name, metric=metric, description=description, runbook=runbook, alerts=alerts
    )


def alarm_on_dead_letter_errors(
    scope: Construct,
    name: str,
    *,
    function: lambda_.IFunction,
    description: str,
    runbook: str,
    alerts: sns.ITopic,
) -> None:
    """Alarm when a function could not send a failed event to its dead-letter queue.

    The metric is published by Lambda (Developer Guide, "Types of metrics for Lambda functions").
    """
    metric = function.metric("DeadLetterErrors", period=cdk.Duration.minutes(5), statistic="Sum")
    metric_alarm(
        scope, name, metric=metric, description=description, runbook=runbook, alerts=alerts
    )


def alarm_on_errors(
    scope: Construct,
    name: str,
    *,
    function: lambda_.IFunction,
    description: str,
    runbook: str,
    alerts: sns.ITopic,
) -> None:
    """Alarm when a function fails three times in a period. Single failures remain in its queue."""
    metric = function.metric_errors(period=cdk.Duration.minutes(5), statistic="Sum")
    metric_alarm(
        scope,
        name,
        metric=metric,
        description=description,
        runbook=runbook,
        alerts=alerts,
        threshold=3,
    )
