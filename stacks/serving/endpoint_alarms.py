"""Alarms on an endpoint's answers, which also roll back a deployment."""

from __future__ import annotations

import aws_cdk as cdk
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_sns as sns
from constructs import Construct

from stacks.alerts.alarms import metric_alarm
from stacks.config import Serving

# Source: SageMaker Developer Guide, "Metrics for monitoring Amazon SageMaker AI with CloudWatch":
# the average of Invocation5XXErrors is the share of failed requests; latency is in microseconds.
_MICROSECONDS = 1000


class EndpointAlarms(Construct):
    """`all` of them: the share of 5XX answers and the model's mean latency, per minute."""

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
        self._dimensions = {"EndpointName": endpoint, "VariantName": variant}
        self._alerts = alerts
        self.all = [
            self._alarm(
                "Errors",
                metric="Invocation5XXErrors",
                threshold=serving.max_error_percent / 100,
                description=f"{endpoint} fails more than {serving.max_error_percent} % of requests",
            ),
            self._alarm(
                "Latency",
                metric="ModelLatency",
                threshold=serving.max_latency_milliseconds * _MICROSECONDS,
                description=f"{endpoint} answers in over {serving.max_latency_milliseconds} ms",
            ),
        ]

    def _alarm(
        self, name: str, *, metric: str, threshold: float, description: str
    ) -> cloudwatch.Alarm:
        return metric_alarm(
            self,
            name,
            description=description,
            metric=cloudwatch.Metric(
                namespace="AWS/SageMaker",
                metric_name=metric,
                dimensions_map=self._dimensions,
                statistic="Average",
                period=cdk.Duration.minutes(1),
            ),
            threshold=threshold,
            comparison=cloudwatch.ComparisonOperator.GREATER_THAN_THRESHOLD,
            alerts=self._alerts,
        )
