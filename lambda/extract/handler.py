"""Unloads the result of a query from the warehouse to the lake, for one step of one execution.

`handler` is invoked by a Lambda step and waits until the statement has finished. `queued` processes
the queue of Callback steps: it starts the statement, checks it each time the queue delivers the
message again, and answers the callback token. An incremental extraction runs two statements: one
counts the rows of each day, the other unloads the days that the lake does not have. The values of
the parameters (`:name`) of a query are bound by the database and never become part of the SQL text.
"""

from __future__ import annotations

import json
import os
from datetime import UTC, datetime
from typing import Any

from callback_steps import CallbackQueue
from clients import client
from deadline import seconds_left
from extraction import Extraction
from incremental import IncrementalExtraction
from unloading import Settings, Warehouse, earlier_outputs, step_outputs


def handler(event: dict[str, Any], context: Any) -> dict[str, str]:
    """Handle a Lambda step. An exception fails the step with its message."""
    settings = Settings.read()
    extraction = Extraction.read(event, settings.lake_bucket)
    s3 = client("s3")
    warehouse = Warehouse(client("redshift-data"), settings)
    if extraction.days:
        incremental = IncrementalExtraction(
            extraction, extraction.days, warehouse, s3, datetime.now(UTC)
        )
        return incremental.run(str(event["execution_id"]), lambda: seconds_left(context))
    if earlier := earlier_outputs(s3, extraction):
        return earlier
    statement = warehouse.unload(extraction, lambda: seconds_left(context))
    return step_outputs(s3, extraction, statement)


def queued(event: dict[str, Any], context: Any) -> dict[str, list[dict[str, str]]]:
    """Process messages of the queue. Return the ids of those to deliver again."""
    warehouse = Warehouse(client("redshift-data"), Settings.read())
    queue = CallbackQueue(
        warehouse,
        client("sagemaker"),
        client("s3"),
        client("sqs"),
        os.environ["QUEUE_URL"],
    )
    unfinished = [
        {"itemIdentifier": record["messageId"]}
        for record in event["Records"]
        if not queue.process({"started": _sent_at(record), **json.loads(record["body"])})
    ]
    return {"batchItemFailures": unfinished}


def _sent_at(record: dict[str, Any]) -> float:
    """Return when the message was sent, in seconds since 1970."""
    return int(record["attributes"]["SentTimestamp"]) / 1000
