"""The metrics that the runs of a pipeline put."""

from __future__ import annotations

import aws_cdk as cdk
from aws_cdk import aws_cloudwatch as cloudwatch


def run_metric(
    namespace: str, name: str, *, pipeline: str, statistic: str = "Maximum"
) -> cloudwatch.Metric:
    """Return a metric with periods of a minute. `pipeline` is `redline-<env>-<name>`."""
    return cloudwatch.Metric(
        namespace=namespace,
        metric_name=name,
        dimensions_map={"Pipeline": pipeline},
        statistic=statistic,
        period=cdk.Duration.minutes(1),
    )
