"""The CloudWatch dashboard of an environment."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import aws_cdk as cdk
from aws_cdk import aws_cloudwatch as cloudwatch
from constructs import Construct

from stacks.pipeline.quality_alarm import BIAS_DRIFT, monitored_limits
from stacks.pipeline.quality_limits import QualityLimit
from stacks.pipeline.run_metric import run_metric
from stacks.platform import Platform

_WIDTH, _HALF, _HEIGHT = 24, 12, 6
_DAY, _HOUR = cdk.Duration.days(1), cdk.Duration.hours(1)
# The metrics that the function of run reports logs (run_report/run_metrics.py), and those that a
# monitoring pipeline puts.
_RUNS = "Redline"
_TEXT = """# Redline {name}
[Alarms]({console}#alarmsV2:?search=redline-{name}-) name their section of docs/runbook.md.
`redline --env {name} board` shows runs, versions and drift in detail, \
`redline --env {name} cost` what the environment and a run cost."""


def dashboard(scope: Construct, platform: Platform) -> cloudwatch.Dashboard:
    """Create the dashboard `redline-<environment>`, a row per subject."""
    name, region = platform.environment.name, platform.environment.region
    console = f"https://{region}.console.aws.amazon.com/cloudwatch/home?region={region}"
    text = cloudwatch.TextWidget(
        markdown=_TEXT.format(name=name, console=console), width=_WIDTH, height=3
    )
    rows = [
        [text],
        _runs(platform),
        _results(platform),
        _drift(platform),
        *([_endpoints(platform)] if _served(platform) else []),
        _operations(platform),
    ]
    return cloudwatch.Dashboard(
        scope, "Dashboard", dashboard_name=f"redline-{name}", widgets=[list(row) for row in rows]
    )


def _runs(platform: Platform) -> Sequence[cloudwatch.IWidget]:
    """Executions, their durations and costs."""
    ends = {"succeeded": "RunsSucceeded", "rejected": "RunsRejected", "failed": "RunsFailed"}
    metrics = [
        _run_metric(platform, pipeline, metric, label=f"{pipeline} {end}", statistic="Sum")
        for pipeline in _pipelines(platform)
        for end, metric in ends.items()
    ]
    minutes = [
        _run_metric(platform, pipeline, "RunMinutes", label=pipeline, statistic="Maximum")
        for pipeline in _pipelines(platform)
    ]
    costs = [
        _run_metric(platform, pipeline, "RunCost", label=pipeline, statistic="Sum")
        for pipeline in _pipelines(platform)
    ]
    return [
        _graph("Executions per day", metrics, stacked=True),
        _graph("Longest execution per day, minutes", minutes),
        _graph("Cost of executions per day, US dollars", costs, stacked=True),
    ]


def _results(platform: Platform) -> Sequence[cloudwatch.IWidget]:
    """What the executions measured: rows, error ratio, margins of gates."""
    return [
        _graph(
            "Rows read, and error compared with the baseline",
            [
                _run_metric(platform, each, "RowsRead", label=f"{each} rows", statistic="Maximum")
                for each in _pipelines(platform)
            ],
            right=[
                _run_metric(
                    platform, each, "ErrorRatio", label=f"{each} ratio", statistic="Minimum"
                )
                for each in _pipelines(platform)
            ],
        ),
        _graph(
            "Margin of gates (below 0: rejected)",
            [
                _search(
                    f"{{{_RUNS},Gate,Pipeline}} MetricName=GateMargin "
                    f'Pipeline="{platform.name_of(each)}"',
                    "Minimum",
                )
                for each in _pipelines(platform)
            ],
        ),
    ]


def _drift(platform: Platform) -> Sequence[cloudwatch.IWidget]:
    """The drift of the inputs and the quality of models, which monitoring pipelines measure."""
    watched = sorted(
        {
            each.models_of
            for each in platform.environment.pipelines
            if each.enabled
            and each.models_of
            and platform.definitions[each.name].manifest.namespaces
        }
    )
    columns = [
        _run_metric(platform, each, metric, label=f"{each} {metric}", statistic="Maximum")
        for each in watched
        for metric in ("DriftedColumns", "BrokenColumns")
    ]
    shares = [
        _run_metric(platform, each, metric, label=f"{each} {metric}", statistic="Maximum")
        for each in watched
        for metric in ("LargestDistance", "LargestUnseenShare", "LargestChangedShare")
    ]
    if not watched:
        return []
    quality = _quality(platform)
    return [
        _graph("Drifted and broken columns", columns),
        _graph("Largest drift", shares),
        *([_graph("Quality and bias of requests", quality)] if quality else []),
    ]


def _quality(platform: Platform) -> list[cloudwatch.IMetric]:
    """The metrics of models whose limits the gates set, and the drift of their bias."""
    return [
        metric
        for each in platform.environment.pipelines
        if each.enabled and each.models_of
        for metric in _quality_of(
            platform, each.models_of, monitored_limits(platform, each.name, each.models_of)
        )
    ]


def _quality_of(
    platform: Platform, served: str, limits: Sequence[QualityLimit]
) -> Iterator[cloudwatch.IMetric]:
    for limit in limits:
        yield _run_metric(
            platform,
            served,
            limit.metric,
            label=f"{served} {limit.metric}",
            statistic="Maximum" if limit.is_upper else "Minimum",
        )
    if any(limit.is_bias for limit in limits):
        label = f"{served} {BIAS_DRIFT}"
        yield _run_metric(platform, served, BIAS_DRIFT, label=label, statistic="Maximum")


def _endpoints(platform: Platform) -> Sequence[cloudwatch.IWidget]:
    """Requests, errors and latency of the endpoints."""
    return [
        _graph(
            "Requests and errors per hour",
            [
                _endpoint_metric(platform, each, metric, "Sum")
                for each in _served(platform)
                for metric in ("Invocations", "Invocation4XXErrors", "Invocation5XXErrors")
            ],
        ),
        _graph(
            "Latency of the models, microseconds",
            [
                _endpoint_metric(platform, each, "ModelLatency", statistic)
                for each in _served(platform)
                for statistic in ("Average", "p99")
            ],
        ),
    ]


def _operations(platform: Platform) -> Sequence[cloudwatch.IWidget]:
    """Messages in queues, most of which hold what has failed, and the warehouse."""
    queues = _search(
        '{AWS/SQS,QueueName} MetricName="ApproximateNumberOfMessagesVisible" '
        f'"redline-{platform.environment.name}"',
        "Maximum",
    )
    widgets = [_graph("Messages in queues", [queues])]
    warehouse = _warehouse(platform)
    return [*widgets, _graph("Warehouse", warehouse)] if warehouse else widgets


def _warehouse(platform: Platform) -> list[cloudwatch.IMetric]:
    """Return the metrics of a warehouse that the environment has created."""
    environment = platform.environment
    name = environment.warehouse_name
    if name is None:
        return []
    if environment.warehouse.kind == "serverless":
        return [_metric("AWS/Redshift-Serverless", "ComputeSeconds", {"Workgroup": name}, "Sum")]
    return [
        _metric("AWS/Redshift", metric, {"ClusterIdentifier": name}, "Maximum")
        for metric in ("CPUUtilization", "PercentageDiskSpaceUsed", "DatabaseConnections")
    ]


def _pipelines(platform: Platform) -> list[str]:
    return [each.name for each in platform.environment.pipelines if each.enabled]


def _served(platform: Platform) -> list[str]:
    return [each.name for each in platform.environment.pipelines if each.enabled and each.serving]


def _run_metric(
    platform: Platform, pipeline: str, metric: str, *, label: str, statistic: str
) -> cloudwatch.Metric:
    found = run_metric(_RUNS, metric, pipeline=platform.name_of(pipeline), statistic=statistic)
    return found.with_(period=_DAY, label=label)


def _endpoint_metric(
    platform: Platform, pipeline: str, metric: str, statistic: str
) -> cloudwatch.Metric:
    dimensions = {"EndpointName": platform.name_of(pipeline), "VariantName": "AllTraffic"}
    return _metric("AWS/SageMaker", metric, dimensions, statistic, label=f"{pipeline} {metric}")


def _metric(
    namespace: str,
    metric: str,
    dimensions: dict[str, str],
    statistic: str,
    *,
    label: str | None = None,
) -> cloudwatch.Metric:
    return cloudwatch.Metric(
        namespace=namespace,
        metric_name=metric,
        dimensions_map=dimensions,
        statistic=statistic,
        period=_HOUR,
        label=label or metric,
    )


def _search(expression: str, statistic: str) -> cloudwatch.MathExpression:
    """Return the metrics of resources whose names the templates do not contain."""
    return cloudwatch.MathExpression(
        expression=f"SEARCH('{expression}', '{statistic}', 3600)",
        using_metrics={},
        label="",
        period=_HOUR,
    )


def _graph(
    title: str,
    left: Sequence[cloudwatch.IMetric],
    *,
    right: Sequence[cloudwatch.IMetric] = (),
    stacked: bool = False,
) -> cloudwatch.GraphWidget:
    return cloudwatch.GraphWidget(
        title=title,
        left=list(left),
        right=list(right),
        stacked=stacked,
        width=_HALF,
        height=_HEIGHT,
    )
