"""What the stack of a pipeline that watches the inputs of models holds beside the pipeline."""

from __future__ import annotations

from collections.abc import Collection

from aws_cdk import aws_sns as sns

from stacks.base import RedlineStack
from stacks.config import Pipeline, refuse
from stacks.pipeline.drift_alarm import DriftAlarm, Retraining


def watch_drift(
    stack: RedlineStack,
    *,
    pipeline: str,
    settings: Pipeline,
    watched: str,
    namespaces: Collection[str],
    alerts: sns.ITopic,
) -> None:
    """Alarms on the metrics that `pipeline` puts into `namespaces`, if any, and what they start.

    `watched` is the pipeline whose models' inputs are looked at; both are `redline-<env>-<name>`.

    Raises:
        ConfigurationError: `settings` ask for retraining where nothing is watched.
    """
    if settings.retrains and not namespaces:
        raise refuse(
            f"{settings.name}.retrains",
            True,
            allowed="False for a pipeline that puts no metrics of drift",
            remedy="set it at the pipeline that watches",
        )
    for namespace in namespaces:
        alarms = DriftAlarm(
            stack, "Drift", alarm_name=pipeline, namespace=namespace, watched=watched, alerts=alerts
        )
        stack.output("DriftAlarmName", alarms.drifted.alarm_name)
        if settings.retrains:
            retraining = Retraining(
                stack,
                "Retraining",
                rule_name=f"{pipeline}-retraining",
                alarm=alarms.drifted,
                pipeline_arn=stack.format_arn(
                    service="sagemaker", resource="pipeline", resource_name=watched
                ),
                alerts=alerts,
            )
            stack.output("RetrainingRuleName", retraining.rule.ref)
