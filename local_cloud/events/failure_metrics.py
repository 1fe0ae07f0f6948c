"""The failure metrics that EventBridge, its Scheduler and Lambda publish.

https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-monitoring.html
https://docs.aws.amazon.com/scheduler/latest/UserGuide/monitoring-cloudwatch.html
https://docs.aws.amazon.com/lambda/latest/dg/monitoring-metrics-types.html
"""

from __future__ import annotations

from moto.cloudwatch.models import cloudwatch_backends

from local_cloud.context import ACCOUNT_ID

# Metrics of a rule: failed deliveries, and events that could (or could not) be dead-lettered.
FAILED, SENT_TO_DLQ, NOT_SENT_TO_DLQ = (
    "FailedInvocations",
    "InvocationsSentToDlq",
    "InvocationsFailedToBeSentToDlq",
)
# Metric of a group of schedules: starts that failed and were not dead-lettered.
START_NOT_SENT_TO_DLQ = "InvocationsFailedToBeSentToDeadLetterCount"
# Metrics of a function: failed invocations, and events not sent to its dead-letter queue.
ERRORS, DEAD_LETTER_ERRORS = "Errors", "DeadLetterErrors"


def count_rule_metric(region: str, rule: str, metric: str) -> None:
    """Increment a metric of the rule with this name."""
    _count(region, "AWS/Events", {"Name": "RuleName", "Value": rule}, metric)


def count_group_metric(region: str, group: str, metric: str) -> None:
    """Increment a metric of the group of schedules with this name."""
    _count(region, "AWS/Scheduler", {"Name": "ScheduleGroup", "Value": group}, metric)


def count_function_metric(region: str, function: str, metric: str) -> None:
    """Increment a metric of the function with this name."""
    _count(region, "AWS/Lambda", {"Name": "FunctionName", "Value": function}, metric)


def _count(region: str, namespace: str, dimension: dict[str, str], metric: str) -> None:
    datum = {"MetricName": metric, "Dimensions": [dimension], "Value": 1.0, "Unit": "Count"}
    cloudwatch_backends[ACCOUNT_ID][region].put_metric_data(namespace, [datum])
