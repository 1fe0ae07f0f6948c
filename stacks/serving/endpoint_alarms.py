"""The limits of an endpoint's responses, and the alarms that notify people when it exceeds them."""

from __future__ import annotations

from dataclasses import dataclass

import aws_cdk as cdk
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_sns as sns
from constructs import Construct

from stacks.alerts.alarms import metric_alarm
from stacks.config import Serving

NAMESPACE = "AWS/SageMaker"
PERIOD = cdk.Duration.minutes(1)
# Source: SageMaker Developer Guide, "Metrics for monitoring Amazon SageMaker AI with CloudWatch":
# the average of Invocation5XXErrors is the share of failed requests; latency is in microseconds.
STATISTIC = "Average"
_MICROSECONDS = 1000


@dataclass(frozen=True)
class ResponseLimit:
    """The greatest allowed average of a metric per minute.

    `excess` says what exceeds it, `runbook` where to read what to do.
    """

    name: str
    metric: str
    threshold: float
    excess: str
    runbook: str


def response_limits(serving: Serving) -> tuple[ResponseLimit, ...]:
    """Return the limits on the share of 5XX responses and on the mean latency of the model."""
    return (
        ResponseLimit(
            "Errors",
            "Invocation5XXErrors",
            serving.max_error_percent / 100,
            f"fails more than {serving.max_error_percent} % of requests",
            "endpoint-errors",
        ),
        ResponseLimit(
            "Latency",
            "ModelLatency",
            serving.max_latency_milliseconds * _MICROSECONDS,
            f"answers in over {serving.max_latency_milliseconds} ms",
            "endpoint-latency",
        ),
    )


class EndpointAlarms(Construct):
    """An alarm for each limit. It measures the requests of all fleets of the endpoint."""

    def __init__(
        self,
        scope: Construct,
        name: str,
        *,
        endpoint: str,
        variant: str,
        serving: Serving,
        alerts: sns.ITopic,
    ) -> None:
        super().__init__(scope, name)
        for limit in response_limits(serving):
            metric_alarm(
                self,
                limit.name,
                description=f"{endpoint} {limit.excess}",
                runbook=limit.runbook,
                metric=cloudwatch.Metric(
                    namespace=NAMESPACE,
                    metric_name=limit.metric,
                    dimensions_map={"EndpointName": endpoint, "VariantName": variant},
                    statistic=STATISTIC,
                    period=PERIOD,
                ),
                threshold=limit.threshold,
                comparison=cloudwatch.ComparisonOperator.GREATER_THAN_THRESHOLD,
                alerts=alerts,
            )
