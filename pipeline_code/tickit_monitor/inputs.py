"""Finds the rows that the models received in a window: captured requests and scored batches."""

import csv
import json
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from pipeline_code.runtime.captures import Row, captured_requests, rows_of
from pipeline_code.runtime.job_errors import DataError
from pipeline_code.runtime.json_lines import read_json_lines
from pipeline_code.runtime.training_ranges import TrainingRanges
from pipeline_code.tickit_monitor.features import BATCH, INPUTS
from pipeline_code.tickit_monitor.window import Window

# The folder of the predictions below the execution id of a batch run.
PREDICTIONS = "/Transform/predictions/"


@dataclass
class Inputs:
    """The rows of a window and their sources; the endpoint rejected the `unreadable` requests.

    `outside` of the rows are outside the training rows of the approved model.
    """

    rows: list[Row] = field(default_factory=list)
    outside: int = 0
    requests: int = 0
    unreadable: int = 0
    batch_files: int = 0


def inputs_in(
    window: Window, *, captured: str, batches: str, ranges: TrainingRanges, storage: Any
) -> Inputs:
    """The inputs below the S3 URIs `captured` and `batches`; `storage` is a client of S3.

    `ranges` are those of the training rows.
    The time of a request is that of its answer, and the time of a batch that of its file. Raises
    DataError for a file that has the format of neither.
    """
    found = Inputs()
    for uri, written in _objects(captured, storage):
        # A file is written after its requests.
        if uri.endswith(".jsonl") and written >= window.begin:
            _add_requests(found, _text(uri, storage), uri, window, ranges)
    for uri, written in _objects(batches, storage):
        if PREDICTIONS in uri and window.has(written):
            _add_rows(found, _batch_rows(_text(uri, storage), uri), ranges)
            found.batch_files += 1
    return found


def _add_requests(
    found: Inputs, content: str, uri: str, window: Window, ranges: TrainingRanges
) -> None:
    for request in captured_requests(content, source=uri):
        if not window.has(request.time):
            continue
        found.requests += 1
        try:
            _add_rows(found, rows_of(request, INPUTS), ranges)
        except DataError as error:
            print(f"{uri}: a request cannot be read: {error}")
            found.unreadable += 1


def _add_rows(found: Inputs, rows: list[Row], ranges: TrainingRanges) -> None:
    found.rows += rows
    lines = [{name: row[name] for name in INPUTS.names if name in row} for row in rows]
    content = "\n".join(map(json.dumps, lines)).encode()
    # The endpoint rejected a request with an invalid value, and the check finds the value.
    with suppress(DataError):
        typed = read_json_lines(content, INPUTS, source="")
        found.outside += ranges.outside(typed).count


def _batch_rows(content: str, uri: str) -> list[Row]:
    records = list(csv.reader(content.splitlines()))
    if any(len(record) not in (len(BATCH) - 1, len(BATCH)) for record in records):
        raise DataError(f"{uri}: not lines of {', '.join(BATCH)}")
    return [dict(zip(BATCH, record, strict=False)) for record in records]


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
