"""The alarms and rules in the stack of a pipeline that monitors models."""

from __future__ import annotations

from stacks.base import RedlineStack
from stacks.config import refuse
from stacks.pipeline.drift_alarm import DriftAlarm, Retraining
from stacks.pipeline.pipeline_context import PipelineContext
from stacks.pipeline.quality_alarm import quality_alarms
from stacks.platform import Platform


def drift_watch(stack: RedlineStack, platform: Platform, pipeline: PipelineContext) -> None:
    """Alarms on the metrics that the pipeline's jobs put, if any, and what the alarms start.

    The pipeline monitors the models that it uses.

    Raises:
        ConfigurationError: the settings ask for retraining, but no inputs are monitored.
    """
    namespaces, watched = pipeline.manifest.namespaces, pipeline.package_group
    if pipeline.settings.retrains and not namespaces:
        raise refuse(
            f"{pipeline.name}.retrains",
            True,
            allowed="False for a pipeline that puts no metrics of drift",
            remedy="set it at the pipeline that watches",
        )
    for namespace in namespaces:
        alarms = DriftAlarm(
            stack,
            "Drift",
            alarm_name=pipeline.aws_name,
            namespace=namespace,
            watched=watched,
            alerts=platform.alerts,
        )
        stack.output("DriftAlarmName", alarms.drifted.alarm_name)
        lower_quality = quality_alarms(stack, platform, pipeline, namespace)
        if pipeline.settings.retrains:
            retraining = Retraining(
                stack,
                "Retraining",
                rule_name=f"{pipeline.aws_name}-retraining",
                alarms=[alarms.drifted, *lower_quality],
                pipeline_arn=stack.format_arn(
                    service="sagemaker", resource="pipeline", resource_name=watched
                ),
                alerts=platform.alerts,
            )
            stack.output("RetrainingRuleName", retraining.rule.ref)
