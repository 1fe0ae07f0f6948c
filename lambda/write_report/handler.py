"""Writes the report of an execution that has ended to the lake, and publishes why it failed.

It also logs the metrics of the run.

EventBridge may send an event twice: the function then writes the same page and mail again. A
retried execution ends again, and its new page replaces the earlier one.
"""

from __future__ import annotations

import json
import logging
import os
from functools import lru_cache
from typing import Any

from clients import client

from run_report import Source, collect, mail, page, report_key, run_metrics

logger = logging.getLogger()
logger.setLevel(logging.INFO)


def handler(event: dict[str, Any], context: Any) -> None:
    """Handle the event of an execution that has succeeded, failed or was stopped."""
    clients = lru_cache(maxsize=None)(client)
    source = Source(
        client=clients,
        environment=os.environ["ENVIRONMENT"],
        pipeline=os.environ["PIPELINE"],
        bucket=os.environ["LAKE_BUCKET"],
    )
    facts = collect(source, event["detail"]["pipelineExecutionArn"])
    key = report_key(source.pipeline, facts.execution_id)
    clients("s3").put_object(
        Bucket=source.bucket,
        Key=key,
        Body=page(facts).encode(),
        ContentType="text/html; charset=utf-8",
    )
    logger.info("Wrote s3://%s/%s", source.bucket, key)
    for each in run_metrics(facts):
        # CloudWatch reads metrics only from events that are JSON and nothing else.
        print(json.dumps(each, allow_nan=False))
    if event["detail"]["currentPipelineExecutionStatus"] != "Succeeded":
        # After the report, so that the link of the mail works.
        sent = mail(facts, region=os.environ["AWS_REGION"], bucket=source.bucket, report=key)
        topic = os.environ["ALERT_TOPIC"]
        clients("sns").publish(TopicArn=topic, Subject=sent.subject, Message=sent.text)
