"""Finds the rows that the models received in a window: captured requests and scored batches."""

import csv
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from pipeline_code.runtime.captures import Row, captured_requests, rows_of
from pipeline_code.runtime.job_errors import DataError
from pipeline_code.tickit_monitor.features import BATCH, INPUTS
from pipeline_code.tickit_monitor.window import Window

# The folder of the predictions below the execution id of a batch run.
PREDICTIONS = "/Transform/predictions/"


@dataclass
class Inputs:
    """The rows of a window and their sources; the endpoint rejected the `unreadable` requests."""

    rows: list[Row] = field(default_factory=list)
    requests: int = 0
    unreadable: int = 0
    batch_files: int = 0


def inputs_in(window: Window, *, captured: str, batches: str, storage: Any) -> Inputs:
    """The inputs below the S3 URIs `captured` and `batches`; `storage` is a client of S3.

    The time of a request is that of its answer, and the time of a batch that of its file. Raises
    DataError for a file that has the format of neither.
    """
    found = Inputs()
    for uri, written in _objects(captured, storage):
        # A file is written after its requests.
        if uri.endswith(".jsonl") and written >= window.begin:
            _add_requests(found, _text(uri, storage), uri, window)
    for uri, written in _objects(batches, storage):
        if PREDICTIONS in uri and window.has(written):
            found.rows += _batch_rows(_text(uri, storage), uri)
            found.batch_files += 1
    return found


def _add_requests(found: Inputs, content: str, uri: str, window: Window) -> None:
    for request in captured_requests(content, source=uri):
        if not window.has(request.time):
            continue
        found.requests += 1
        try:
            found.rows += rows_of(request, INPUTS)
        except DataError as error:
            print(f"{uri}: a request cannot be read: {error}")
            found.unreadable += 1


def _batch_rows(content: str, uri: str) -> list[Row]:
    records = list(csv.reader(content.splitlines()))
    if any(len(record) != len(BATCH) for record in records):
        raise DataError(f"{uri}: not lines of {', '.join(BATCH)}")
    return [dict(zip(BATCH, record, strict=True)) for record in records]


def _objects(prefix: str, storage: Any) -> Iterator[tuple[str, datetime]]:
    """URI and time of every object below a prefix."""
    bucket, _, key = prefix.removeprefix("s3://").partition("/")
    pages = storage.get_paginator("list_objects_v2")
    for page in pages.paginate(Bucket=bucket, Prefix=f"{key.rstrip('/')}/"):
        for entry in page.get("Contents", []):
            yield f"s3://{bucket}/{entry['Key']}", entry["LastModified"]


def _text(uri: str, storage: Any) -> str:
    bucket, _, key = uri.removeprefix("s3://").partition("/")
    body: bytes = storage.get_object(Bucket=bucket, Key=key)["Body"].read()
    return body.decode()
