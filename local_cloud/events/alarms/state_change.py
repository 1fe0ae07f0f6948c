"""The event and the notifications of an alarm's state change."""

from __future__ import annotations

import json
import logging
import uuid
from collections.abc import Mapping
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from local_cloud.context import ACCOUNT_ID, Cloud
from local_cloud.errors import LocalCloudError
from local_cloud.events.alarms.alarm_evaluation import ALARM, OK
from local_cloud.events.alarms.alarm_rule import rule_of
from local_cloud.events.alarms.cloudwatch_backend import state_of
from local_cloud.events.delivery import new_event
from local_cloud.events.rule_targets import publish_to_topic

logger = logging.getLogger(__name__)

SERVICE = "cloudwatch.amazonaws.com"

State = Mapping[str, str]


def event_of(alarm: Any, before: State) -> dict[str, Any]:
    """Return the event of a change (CloudWatch user guide, "Alarm events and EventBridge")."""
    rule = rule_of(alarm)
    metric = {
        "dimensions": dict(sorted(rule.dimensions)),
        "name": rule.metric_name,
        "namespace": rule.namespace,
    }
    stat = {"metric": metric, "period": rule.period, "stat": rule.statistic}
    query = {
        "id": str(uuid.uuid5(uuid.NAMESPACE_URL, alarm.alarm_arn)),
        "metricStat": stat | ({"unit": rule.unit} if rule.unit else {}),
        "returnData": True,
    }
    described = {"description": alarm.description} if alarm.description else {}
    return new_event(
        source="aws.cloudwatch",
        detail_type="CloudWatch Alarm State Change",
        account=ACCOUNT_ID,
        region=alarm.region_name,
        resources=[alarm.alarm_arn],
        detail={
            "alarmName": alarm.name,
            "configuration": {**described, "metrics": [query]},
            "previousState": dict(before),
            "state": state_of(alarm),
        },
    )


def run_actions(cloud: Cloud, alarm: Any, before: State) -> None:
    """Publish a notification to the topics of the alarm's new state. Errors are only logged."""
    if not alarm.actions_enabled:
        return
    text = json.dumps(_message(alarm, before))
    subject = f'{alarm.state_value}: "{alarm.name}" in {alarm.region_name}'[:100]
    for topic in _topics(alarm):
        try:
            sender = {"service": SERVICE, "source_arn": alarm.alarm_arn}
            publish_to_topic(cloud, topic, text, **sender, Subject=subject)
        except (ClientError, BotoCoreError, LocalCloudError) as error:
            logger.warning("alarm %s could not publish to %s: %s", alarm.name, topic, error)


def _topics(alarm: Any) -> list[str]:
    actions = {ALARM: alarm.alarm_actions, OK: alarm.ok_actions}
    return list(actions.get(alarm.state_value, alarm.insufficient_data_actions))


def _message(alarm: Any, before: State) -> dict[str, Any]:
    """Return the notification. Region is the code of the region, not the long name as on AWS."""
    rule, state = rule_of(alarm), state_of(alarm)
    return {
        "AlarmName": alarm.name,
        "AlarmDescription": alarm.description,
        "AWSAccountId": ACCOUNT_ID,
        "NewStateValue": state["value"],
        "NewStateReason": state["reason"],
        "StateChangeTime": state["timestamp"],
        "Region": alarm.region_name,
        "AlarmArn": alarm.alarm_arn,
        "OldStateValue": before["value"],
        "OKActions": alarm.ok_actions,
        "AlarmActions": alarm.alarm_actions,
        "InsufficientDataActions": alarm.insufficient_data_actions,
        "Trigger": {
            "MetricName": rule.metric_name,
            "Namespace": rule.namespace,
            "StatisticType": "ExtendedStatistic" if alarm.extended_statistic else "Statistic",
            "Statistic": rule.statistic.upper(),
            "Unit": rule.unit,
            "Dimensions": [{"value": v, "name": n} for n, v in sorted(rule.dimensions)],
            "Period": rule.period,
            "EvaluationPeriods": rule.evaluation_periods,
            "DatapointsToAlarm": rule.datapoints_to_alarm,
            "ComparisonOperator": rule.comparison,
            "Threshold": rule.threshold,
            "TreatMissingData": rule.treat_missing,
        },
    }
