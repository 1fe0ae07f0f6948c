"""Notifies people when a function refuses a model that is not the one that was evaluated."""

from __future__ import annotations

import aws_cdk as cdk
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_sns as sns
from constructs import Construct

from stacks.alerts.alarms import metric_alarm
from stacks.common.permissions import Scope

# The metric of lambda/shared/refused_models.py.
NAMESPACE, METRIC, DIMENSION = "Redline", "RefusedModels", "FunctionName"


def refusal_metric_scope() -> Scope:
    """The scope of cloudwatch:PutMetricData for a function that verifies models."""
    return Scope(
        resources=["*"],
        conditions={"StringEquals": {"cloudwatch:namespace": NAMESPACE}},
        reason="Metrics have no ARN; the condition limits their namespace.",
    )


def alarm_on_refused_models(
    scope: Construct, name: str, *, function: lambda_.IFunction, group: str, alerts: sns.ITopic
) -> None:
    """Alarm when `function` refuses a model of the model package group `group`."""
    metric = cloudwatch.Metric(
        namespace=NAMESPACE,
        metric_name=METRIC,
        dimensions_map={DIMENSION: function.function_name},
        period=cdk.Duration.minutes(5),
        statistic="Sum",
    )
    metric_alarm(
        scope,
        name,
        metric=metric,
        description=f"A model of {group} is not the one that was evaluated, and was refused: see "
        "the log of the function, restore the object, or reject the version",
        runbook="refused-model",
        alerts=alerts,
    )
