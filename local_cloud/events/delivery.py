"""Delivers events to the targets of a rule, with retries and dead-letter queues."""

from __future__ import annotations

import json
import logging
import time
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from functools import partial
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from local_cloud.context import Cloud
from local_cloud.errors import LocalCloudError, reason
from local_cloud.events import failure_metrics
from local_cloud.events.input_transformer import payload
from local_cloud.events.rule_targets import Message, Result, Target, error_code, send, send_message
from local_cloud.transient_errors import is_transient

logger = logging.getLogger(__name__)

# EventBridge retries for a day. A user of the laptop cloud needs the result within seconds.
_MAX_RETRIES = 3
_FIRST_PAUSE_SECONDS = 0.2


@dataclass(frozen=True)
class Delivery:
    """The result of a delivery to one target: the response of the target, or the error."""

    target_arn: str
    result: Result = field(default_factory=dict)
    error: str | None = None


def new_event(
    *, source: str, detail_type: str, account: str, region: str, resources: list[str], detail: Any
) -> dict[str, Any]:
    """Return an event in the format of EventBridge."""
    return {
        "version": "0",
        "id": str(uuid.uuid4()),
        "detail-type": detail_type,
        "source": source,
        "account": account,
        "time": datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        "region": region,
        "resources": resources,
        "detail": detail,
    }


def deliver(cloud: Cloud, rule: Any, event: Mapping[str, Any], *, token: str) -> list[Delivery]:
    """Send the event to all targets of moto's rule. Failures go to the dead-letter queues.

    A repeated delivery has the same token: it starts no second execution of a pipeline.
    """
    return [
        _deliver(replace(cloud, region=rule.region_name), rule.arn, target, event, token)
        for target in list(rule.targets)
    ]


def _deliver(
    cloud: Cloud, rule_arn: str, target: Target, event: Mapping[str, Any], token: str
) -> Delivery:
    text = payload(target, event, rule_arn=rule_arn)
    try:
        message = Message(rule_arn, text, token=token)
        result = retried(partial(send, cloud, target, message), target)
    except (ClientError, BotoCoreError, LocalCloudError) as error:
        logger.warning("%s could not reach %s: %s", rule_arn, target["Arn"], error)
        _count(cloud, rule_arn, failure_metrics.FAILED)
        _send_to_dead_letter_queue(cloud, rule_arn, target, text, error)
        return Delivery(target_arn=target["Arn"], error=reason(error))
    return Delivery(target_arn=target["Arn"], result=result)


def retried(attempt: Callable[[], Result], target: Target) -> Result:
    """Return the result of an attempt; transient errors are retried as the target says."""
    retries = target.get("RetryPolicy", {}).get("MaximumRetryAttempts", _MAX_RETRIES)
    for number in range(min(retries, _MAX_RETRIES)):
        try:
            return attempt()
        except (ClientError, BotoCoreError) as error:
            if not is_transient(error):
                raise
            time.sleep(_FIRST_PAUSE_SECONDS * 2**number)
    return attempt()


def _send_to_dead_letter_queue(
    cloud: Cloud, rule_arn: str, target: Target, text: str, error: Exception
) -> None:
    """Send an undelivered event to the target's dead-letter queue, if it has one.

    https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-rule-dlq.html
    """
    queue = target.get("DeadLetterConfig", {}).get("Arn")
    if queue is None:
        return
    attributes = {
        "RULE_ARN": rule_arn,
        "TARGET_ARN": target["Arn"],
        "ERROR_CODE": error_code(error),
        "ERROR_MESSAGE": reason(error)[:1024],
    }
    try:
        send_message(cloud, queue, text, attributes, rule_arn=rule_arn)
    except (ClientError, BotoCoreError, LocalCloudError) as dlq_error:
        logger.error("%s lost an event: %s", rule_arn, json.dumps([reason(dlq_error), text]))
        _count(cloud, rule_arn, failure_metrics.NOT_SENT_TO_DLQ)
    else:
        _count(cloud, rule_arn, failure_metrics.SENT_TO_DLQ)


def _count(cloud: Cloud, rule_arn: str, metric: str) -> None:
    failure_metrics.count_rule_metric(cloud.region, rule_arn.rpartition("/")[2], metric)
