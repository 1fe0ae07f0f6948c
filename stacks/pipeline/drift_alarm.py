"""Reactions to the findings of a monitoring pipeline: alerts, and the training of a new model."""

from __future__ import annotations

from collections.abc import Sequence

from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_sns as sns
from constructs import Construct

from stacks.alerts.alarms import metric_alarm
from stacks.pipeline.pipeline_rule import PipelineRule
from stacks.pipeline.run_metric import run_metric

# The metrics that a monitoring pipeline puts once per run, with the dimension Pipeline.
DRIFTED, BROKEN = "DriftedColumns", "BrokenColumns"


class DriftAlarm(Construct):
    """Alarms on drifted and on broken inputs of the pipeline `watched` (`redline-<env>-<name>`).

    Only the alarm `drifted` starts retraining: a model cannot learn from broken rows.
    """

    def __init__(
        self,
        scope: Construct,
        name: str,
        *,
        alarm_name: str,
        namespace: str,
        watched: str,
        alerts: sns.ITopic,
    ) -> None:
        super().__init__(scope, name)
        self._namespace, self._watched, self._alerts = namespace, watched, alerts
        self.drifted = self._alarm(
            "Drifted",
            f"{alarm_name}-drifted",
            metric=DRIFTED,
            description=f"What {watched} is asked is distributed otherwise than what it learned",
            runbook="drifted-inputs",
        )
        self._alarm(
            "Broken",
            f"{alarm_name}-broken",
            metric=BROKEN,
            description=f"What {watched} is asked lacks values or has values of another kind",
            runbook="broken-inputs",
        )

    def _alarm(
        self, name: str, alarm_name: str, *, metric: str, description: str, runbook: str
    ) -> cloudwatch.Alarm:
        return metric_alarm(
            self,
            name,
            alarm_name=alarm_name,
            description=description,
            runbook=runbook,
            metric=run_metric(self._namespace, metric, pipeline=self._watched),
            # Between two checks there is no data, and the alarm keeps its state. If it returned to
            # OK, every check of the same drift would raise a new alarm and start another training.
            missing_data=cloudwatch.TreatMissingData.IGNORE,
            alerts=self._alerts,
        )


class Retraining(PipelineRule):
    """The rule that starts the pipeline `pipeline_arn` when one of `alarms` enters the state ALARM.

    The event is a change of state, so an alarm starts it again only after it was OK again.
    """

    def __init__(
        self,
        scope: Construct,
        name: str,
        *,
        rule_name: str,
        alarms: Sequence[cloudwatch.IAlarm],
        pipeline_arn: str,
        alerts: sns.ITopic,
    ) -> None:
        super().__init__(
            scope,
            name,
            rule_name=rule_name,
            description="Has a model trained because the inputs have drifted"
            + (", or because its quality is lower" if len(alarms) > 1 else ""),
            trigger={
                "event_pattern": {
                    "source": ["aws.cloudwatch"],
                    "detail-type": ["CloudWatch Alarm State Change"],
                    "resources": [each.alarm_arn for each in alarms],
                    "detail": {"state": {"value": ["ALARM"]}},
                }
            },
            pipeline_arn=pipeline_arn,
            alerts=alerts,
        )
