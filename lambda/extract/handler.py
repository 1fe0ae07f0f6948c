"""Unloads the rows of a query from the warehouse to the lake, for one step of one execution.

`handler` is called by a Lambda step and waits for the end. `queued` reads the queue of Callback
steps: it starts a statement, looks at it again whenever the queue gives its message back, and
answers the step's token. A query's `:name`s are bound by the database, never put into its text.
"""

from __future__ import annotations

import json
import os
from typing import Any

import boto3
from callback_steps import Queue
from extraction import Extraction
from unloading import Settings, Warehouse, outputs

ANSWER_SECONDS = 20  # kept back, so that a statement that takes too long can be cancelled


def handler(event: dict[str, Any], context: Any) -> dict[str, str]:
    """Carry out the extraction of a Lambda step; raises what is to be the step's failure."""
    settings = Settings.read()
    extraction = Extraction.read(event, settings.lake_bucket)
    warehouse = Warehouse(boto3.client("redshift-data"), settings)
    statement = warehouse.start(extraction)
    seconds = context.get_remaining_time_in_millis
    warehouse.wait(statement, lambda: seconds() / 1000 - ANSWER_SECONDS)
    return outputs(boto3.client("s3"), extraction, statement)


def queued(event: dict[str, Any], context: Any) -> dict[str, list[dict[str, str]]]:
    """Take the queue's messages further; those named in the answer come again."""
    warehouse = Warehouse(boto3.client("redshift-data"), Settings.read())
    queue = Queue(
        warehouse,
        boto3.client("sagemaker"),
        boto3.client("s3"),
        boto3.client("sqs"),
        os.environ["QUEUE_URL"],
    )
    again = [
        {"itemIdentifier": record["messageId"]}
        for record in event["Records"]
        if not queue.advance(json.loads(record["body"]))
    ]
    return {"batchItemFailures": again}
