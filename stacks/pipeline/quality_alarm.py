"""Alarms on the quality and the bias of models, measured where labels have arrived."""

from __future__ import annotations

from aws_cdk import aws_cloudwatch as cloudwatch

from stacks.alerts.alarms import metric_alarm
from stacks.base import RedlineStack
from stacks.config import refuse
from stacks.pipeline.pipeline_context import PipelineContext
from stacks.pipeline.quality_limits import BIAS, QUALITY, QualityLimit, documents, limits_of
from stacks.pipeline.run_metric import run_metric
from stacks.platform import Platform

# The number of violations, which report_bias puts in each run that compares with a baseline.
BIAS_DRIFT = "DriftedBiasMetrics"


def quality_alarms(
    stack: RedlineStack, platform: Platform, pipeline: PipelineContext, namespace: str
) -> list[cloudwatch.Alarm]:
    """Create the alarms of a monitoring pipeline; returns those that start a training.

    The thresholds are the limits of the gate of the pipeline that trains the models. If the bias is
    measured, there is also an alarm on its drift from the registered version. An increase of bias
    starts no training, because the new labels are biased as well.

    Raises:
        ConfigurationError: the pipeline measures what no gate limits.
    """
    written = documents(pipeline.definition)
    limits = monitored_limits(platform, pipeline.definition.name, pipeline.models_of.name)
    for document, is_bias in ((QUALITY, False), (BIAS, True)):
        if document in written and not any(each.is_bias == is_bias for each in limits):
            raise refuse(
                f"{pipeline.name}.options",
                dict(pipeline.settings.options),
                allowed=f"a pipeline that measures {document} only if {pipeline.models_of.name} "
                "has a gate that limits one of its metrics with a number or a parameter",
                remedy=f"add the condition to the gate of {pipeline.models_of.name}, choose its "
                "option with the gate, or switch the option of this pipeline off",
            )
    alarms = {
        each: _alarm(stack, platform, pipeline, namespace=namespace, limit=each) for each in limits
    }
    if BIAS in written:
        _bias_drift_alarm(stack, platform, pipeline, namespace)
    return [alarm for limit, alarm in alarms.items() if not limit.is_bias]


def monitored_limits(platform: Platform, monitor: str, served: str) -> list[QualityLimit]:
    """Return the limits of what the pipeline `monitor` measures of the models of `served`."""
    written = documents(platform.definitions[monitor])
    parameters = next(
        (each.parameters for each in platform.environment.pipelines if each.name == served), {}
    )
    return [
        limit
        for limit in limits_of(platform.definitions[served], parameters)
        if (BIAS if limit.is_bias else QUALITY) in written
    ]


def _bias_drift_alarm(
    stack: RedlineStack, platform: Platform, pipeline: PipelineContext, namespace: str
) -> None:
    metric_alarm(
        stack,
        "BiasDrift",
        alarm_name=f"{pipeline.aws_name}-bias-drift",
        description=f"The bias of {pipeline.package_group} on requests is larger than that of the "
        "registered version",
        runbook="bias-drift",
        metric=run_metric(namespace, BIAS_DRIFT, pipeline=pipeline.package_group),
        # As for drift: between two runs the alarm keeps its state.
        missing_data=cloudwatch.TreatMissingData.IGNORE,
        alerts=platform.alerts,
    )


def _alarm(
    stack: RedlineStack,
    platform: Platform,
    pipeline: PipelineContext,
    *,
    namespace: str,
    limit: QualityLimit,
) -> cloudwatch.Alarm:
    words = limit.metric.replace("_", "-")
    measured = "bias" if limit.is_bias else "quality"
    return metric_alarm(
        stack,
        "".join(["Quality", *map(str.title, words.split("-"))]),
        alarm_name=f"{pipeline.aws_name}-{words}",
        description=f"The {measured} of {pipeline.package_group} on labelled requests is beyond "
        f"the limit of its gate ({limit.metric})",
        runbook="lower-quality",
        metric=run_metric(
            namespace,
            limit.metric,
            pipeline=pipeline.package_group,
            statistic="Maximum" if limit.is_upper else "Minimum",
        ),
        threshold=limit.threshold,
        comparison=limit.breach,
        # As for drift: between two runs the alarm keeps its state.
        missing_data=cloudwatch.TreatMissingData.IGNORE,
        alerts=platform.alerts,
    )
