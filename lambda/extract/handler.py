"""Unloads the rows of a query from the warehouse to the lake, for one step of one execution.

`handler` is called by a Lambda step and waits for the end. `queued` reads the queue of Callback
steps: it starts a statement, looks at it again whenever the queue gives its message back, and
answers the step's token. A query's `:name`s are bound by the database, never put into its text.
"""

from __future__ import annotations

import json
import os
from typing import Any

from callback_steps import Queue
from clients import client
from deadline import seconds_left
from extraction import Extraction
from unloading import Settings, Warehouse, outputs


def handler(event: dict[str, Any], context: Any) -> dict[str, str]:
    """Carry out the extraction of a Lambda step; raises what is to be the step's failure."""
    settings = Settings.read()
    extraction = Extraction.read(event, settings.lake_bucket)
    warehouse = Warehouse(client("redshift-data"), settings)
    statement = warehouse.unload(extraction, lambda: seconds_left(context))
    return outputs(client("s3"), extraction, statement)


def queued(event: dict[str, Any], context: Any) -> dict[str, list[dict[str, str]]]:
    """Take the queue's messages further; those named in the answer come again."""
    warehouse = Warehouse(client("redshift-data"), Settings.read())
    queue = Queue(
        warehouse,
        client("sagemaker"),
        client("s3"),
        client("sqs"),
        os.environ["QUEUE_URL"],
    )
    again = [
        {"itemIdentifier": record["messageId"]}
        for record in event["Records"]
        if not queue.advance({"started": _sent(record), **json.loads(record["body"])})
    ]
    return {"batchItemFailures": again}


def _sent(record: dict[str, Any]) -> float:
    """When a message came into the queue, in seconds since 1970."""
    return int(record["attributes"]["SentTimestamp"]) / 1000
