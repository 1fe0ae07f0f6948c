"""Writes the messages of a queue into a feature group.

A message is a JSON object: feature -> value. It is checked like a row of an ingestion. The queue
delivers a message at least once and in any order, so the event time decides: PutRecord writes a
record with an older event time to the offline store only.
https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_feature_store_PutRecord.html
"""

from __future__ import annotations

import json
import logging
import os
from collections import Counter
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

from botocore.exceptions import ClientError
from clients import client

from pipeline_code.runtime.feature_declaration import DeclaredGroup, group_of
from pipeline_code.runtime.feature_records import Record, record_of
from pipeline_code.runtime.feature_store import SERVICE, FeatureStore
from pipeline_code.runtime.job_errors import DataError, JobError

DECLARATION = Path(__file__).with_name("feature_group.json")

# A client is kept for later messages, with its connections.
cached_client = cache(client)
logger = logging.getLogger()
logger.setLevel(logging.INFO)
Message = Mapping[str, Any]


def handler(event: dict[str, Any], context: Any) -> dict[str, list[dict[str, str]]]:
    """Write the messages. Return the ids of those to deliver again, or to give up.

    https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-errorhandling.html
    """
    document = json.loads(DECLARATION.read_text(encoding="utf-8"))
    group = group_of(os.environ["FEATURE_GROUP"], document)
    store = FeatureStore(client=cached_client(SERVICE), group=group)
    counts, failed = Counter[str](), []
    valid, invalid = _checked(event["Records"], group)
    written = _write(store, valid, is_online=document["online"])
    for message, outcome in (*written, *((message, "invalid") for message in invalid)):
        counts[outcome] += 1
        if outcome in ("invalid", "refused"):
            _deliver_at_once(message)
        if outcome in ("invalid", "refused", "failed"):
            failed.append(message)
    logger.info("%s: %s", group.name, dict(counts))
    return {"batchItemFailures": [{"itemIdentifier": each["messageId"]} for each in failed]}


def record_from_message(body: str, group: DeclaredGroup) -> Record:
    """Return the record of a message; a feature that is absent or null has no value.

    Raises DataError, which says what is allowed.
    """
    try:
        row = json.loads(body, parse_constant=_not_json)
        # JSON may contain half of a surrogate pair, or more brackets than Python reads.
        json.dumps(row, ensure_ascii=False).encode()
    except (ValueError, RecursionError) as error:
        raise DataError(f"the message is not JSON in UTF-8: {error}") from error
    if not isinstance(row, dict):
        raise DataError(f"the message is {body!r:.80}: it must be a JSON object, feature -> value")
    if unknown := sorted(row.keys() - group.features.keys()):
        raise DataError(
            f"the message has {', '.join(unknown)!r:.200}, which {group.name} does not declare: "
            f"allowed are {', '.join(group.features)}"
        )
    return record_of(group, dict.fromkeys(group.features) | row)


def _checked(
    messages: list[Message], group: DeclaredGroup
) -> tuple[list[tuple[Message, Record]], list[Message]]:
    """Return the messages with their records in the order of event times, and the invalid ones."""
    valid, invalid = [], []
    for message in messages:
        try:
            valid.append((message, record_from_message(message["body"], group)))
        except DataError as error:
            logger.error("message %s is invalid: %s", message["messageId"], error)
            invalid.append(message)
    return sorted(valid, key=lambda each: each[1].event_time), invalid


def _write(
    store: FeatureStore, messages: list[tuple[Message, Record]], *, is_online: bool
) -> Iterator[tuple[Message, str]]:
    """Write the records; yield each message with what became of it.

    A record with the event time and the values of the record online was delivered before. With
    other values it would be offline only, and the service would keep the first, so it is refused.
    """
    identifiers = list(dict.fromkeys(record.identifier for _, record in messages))
    online, unread = _read(store, identifiers) if is_online else ({}, {})
    for message, record in messages:
        if error := unread.get(record.identifier):
            logger.warning("message %s is delivered again: %s", message["messageId"], error)
            yield message, "failed"
            continue
        known = online.get(record.identifier)
        if known is not None and known.event_time == record.event_time:
            is_same = record.equals(known, store.group)
            if not is_same:
                logger.error(
                    "message %s is refused: %s has other values with this event time",
                    message["messageId"],
                    record.identifier[:80],
                )
            yield message, "repeated" if is_same else "refused"
            continue
        try:
            store.put(record)
        except JobError as error:
            logger.warning("message %s is delivered again: %s", message["messageId"], error)
            yield message, "failed"
            continue
        if is_online and (known is None or known.event_time < record.event_time):
            online[record.identifier] = record
            yield message, "written"
        else:
            yield message, "late" if is_online else "written"


def _read(
    store: FeatureStore, identifiers: list[str]
) -> tuple[dict[str, Record], dict[str, JobError]]:
    """Return the records online, and the errors of those that cannot be read, by identifier.

    The service rejects a request with one wrong identifier as a whole, so the others are read
    again one by one. Raises JobError if all fail.
    """
    try:
        return store.read(identifiers), {}
    except JobError:
        online: dict[str, Record] = {}
        unread: dict[str, JobError] = {}
        for identifier in identifiers:
            try:
                online |= store.read([identifier])
            except JobError as error:
                unread[identifier] = error
        if len(unread) == len(identifiers):
            raise
        return online, unread


def _deliver_at_once(message: Message) -> None:
    """Make a message visible that cannot be written, so that it soon is a dead letter."""
    try:
        cached_client("sqs").change_message_visibility(
            QueueUrl=os.environ["QUEUE_URL"],
            ReceiptHandle=message["receiptHandle"],
            VisibilityTimeout=0,
        )
    except ClientError as error:
        # It is a dead letter later. The answer for the other messages must reach the queue.
        logger.warning(
            "message %s stays invisible until its timeout: %s", message["messageId"], error
        )


def _not_json(constant: str) -> None:
    """Raise ValueError for NaN and Infinity, which Python accepts."""
    raise ValueError(f"{constant} is not a value of JSON")
