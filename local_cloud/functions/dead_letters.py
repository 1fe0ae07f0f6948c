"""Sends events to the dead-letter queue of a function after all retries failed.

https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-retain-records.html
"""

from __future__ import annotations

import json
import logging
from collections.abc import Mapping
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from local_cloud.context import Cloud
from local_cloud.events.failure_metrics import DEAD_LETTER_ERRORS, count_function_metric
from local_cloud.functions.function_process import InvocationOutcome

logger = logging.getLogger(__name__)

_HANDLED_BY_THE_FUNCTION = "200"  # Lambda's status code if the function returned an error
_MAX_MESSAGE_CHARACTERS = 1024


def send_to_dead_letter_queue(
    cloud: Cloud, function: Any, event: str, outcome: InvocationOutcome
) -> None:
    """Send the event to the function's dead-letter queue, if any, with the function's role."""
    queue = function.dead_letter_config.get("TargetArn")
    if not queue:
        return
    try:
        sqs = cloud.client("sqs", function.role, session=function.function_name)
        sqs.send_message(
            QueueUrl=_url(cloud, queue), MessageBody=event, MessageAttributes=_attributes(outcome)
        )
    except (ClientError, BotoCoreError) as error:
        logger.warning("%s cannot write to %s: %s", function.function_name, queue, error)
        count_function_metric(cloud.region, function.function_name, DEAD_LETTER_ERRORS)


def _url(cloud: Cloud, queue_arn: str) -> str:
    name = queue_arn.rpartition(":")[2]
    url: str = cloud.client("sqs").get_queue_url(QueueName=name)["QueueUrl"]
    return url


def _attributes(outcome: InvocationOutcome) -> Mapping[str, Mapping[str, str]]:
    answer = json.loads(outcome.payload)
    texts = {
        "RequestID": answer.get("requestId", "unknown"),
        "ErrorCode": _HANDLED_BY_THE_FUNCTION,
        "ErrorMessage": answer.get("errorMessage", outcome.payload)[:_MAX_MESSAGE_CHARACTERS],
    }
    return {name: {"DataType": "String", "StringValue": text} for name, text in texts.items()}
