"""Finds the rows that the models received in a window: captured requests and scored batches."""

import csv
import json
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import pyarrow as pa

from pipeline_code.runtime.captures import Request, Row, captured_requests, rows_of
from pipeline_code.runtime.job_errors import DataError
from pipeline_code.runtime.json_lines import read_json_lines
from pipeline_code.runtime.monitoring.declaration import Monitored
from pipeline_code.runtime.monitoring.lake_objects import content_of, objects_below
from pipeline_code.runtime.monitoring.window import Window
from pipeline_code.runtime.schema import Schema
from pipeline_code.runtime.training_ranges import TrainingRanges

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
    window: Window,
    monitored: Monitored,
    *,
    captured: str,
    batches: str | None,
    ranges: TrainingRanges,
    storage: Any,
) -> Inputs:
    """The inputs below the S3 URIs `captured` and `batches`; `storage` is a client of S3.

    `ranges` are those of the training rows.
    The time of a request is that of its answer, and the time of a batch that of its file. Raises
    DataError for a file that has the format of neither.
    """
    found = Inputs()
    for uri, request in requests_in(window, captured, storage):
        found.requests += 1
        try:
            rows = rows_of(request, monitored.requests)
            _add_rows(found, rows, monitored.requests, ranges)
        except DataError as error:
            print(f"{uri}: a request cannot be read: {error}")
            found.unreadable += 1
    for _, rows in batches_in(window, monitored, batches, storage):
        _add_rows(found, rows, monitored.requests, ranges)
        found.batch_files += 1
    return found


def batches_in(
    window: Window, monitored: Monitored, batches: str | None, storage: Any
) -> Iterator[tuple[datetime, list[Row]]]:
    """Yield the rows of each file of a batch below the S3 URI, the oldest first, with its time.

    Raises DataError for a file that has other columns.
    """
    files = objects_below(batches, storage) if batches else ()
    for uri, written in sorted(files, key=lambda file: file[1]):
        if PREDICTIONS in uri and window.has(written):
            yield written, _batch_rows(content_of(uri, storage).decode(), monitored.batch, uri)


def requests_in(window: Window, captured: str, storage: Any) -> Iterator[tuple[str, Request]]:
    """Yield the requests of a window below the S3 URI `captured`, with the URIs of their files.

    Raises DataError for a file that is not one of data capture.
    """
    for uri, written in objects_below(captured, storage):
        # A file is written after its requests.
        if uri.endswith(".jsonl") and written >= window.begin:
            for request in captured_requests(content_of(uri, storage).decode(), source=uri):
                if window.has(request.time):
                    yield uri, request


def _add_rows(found: Inputs, rows: list[Row], schema: Schema, ranges: TrainingRanges) -> None:
    found.rows += rows
    # The endpoint rejected a request with an invalid value, and the check finds the value.
    with suppress(DataError):
        found.outside += ranges.outside(typed(rows, schema)).count


def typed(rows: Sequence[Row], schema: Schema) -> pa.Table:
    """Return rows of text as a table with the columns of the schema. Raises DataError."""
    lines = [{name: row[name] for name in schema.names if name in row} for row in rows]
    return read_json_lines("\n".join(map(json.dumps, lines)).encode(), schema, source="requests")


def _batch_rows(content: str, columns: Sequence[str], uri: str) -> list[Row]:
    records = list(csv.reader(content.splitlines()))
    if any(len(record) not in (len(columns) - 1, len(columns)) for record in records):
        raise DataError(f"{uri}: not lines of {', '.join(columns)}")
    return [dict(zip(columns, record, strict=False)) for record in records]
