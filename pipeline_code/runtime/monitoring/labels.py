"""Reads the labels that arrived after the predictions: rows of a query, or ground truth files.

Sources: "Ingest ground truth labels and merge them with predictions" of SageMaker Model Monitor,
https://docs.aws.amazon.com/sagemaker/latest/dg/model-monitor-model-quality-merge.html
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from pipeline_code.runtime.arrow_memory import arrow_file
from pipeline_code.runtime.job_errors import DataError
from pipeline_code.runtime.monitoring.lake_objects import content_of, objects_below
from pipeline_code.runtime.timestamps import in_utc

ID, LABEL, TIME = "id", "label", "labelled_at"
_BEGINNING = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True)
class Label:
    """The text of a label, and when it was known; `time` is None if the query does not say it."""

    text: str
    time: datetime | None


def read_labels(uri: str, storage: Any) -> dict[str, Label]:
    """Return ID -> newest label of the files below an S3 URI; {} if there are no files.

    Parquet files are rows of a query with the columns id, label and, optionally, labelled_at. JSON
    lines are ground truth files of Model Monitor, known since their file was written. A label of
    NULL is not known yet. Raises DataError for another file, and for an ID with two labels without
    a time.
    """
    found: dict[str, Label] = {}
    for source, written in objects_below(uri, storage):
        for key, label in _labels_in(source, written, storage):
            known = found.get(key)
            if known and known.text != label.text and known.time is None and label.time is None:
                raise DataError(
                    f"the labels of {key!r} are {known.text!r} and {label.text!r}: add the column "
                    f"{TIME} to the query, so that the newest counts, or return one row per ID"
                )
            if known is None or (label.time or _BEGINNING) >= (known.time or _BEGINNING):
                found[key] = label
    return found


def _labels_in(source: str, written: datetime, storage: Any) -> Iterator[tuple[str, Label]]:
    if source.endswith("/manifest"):  # of UNLOAD
        return
    content = content_of(source, storage)
    if source.endswith(".parquet"):
        yield from _rows(content, source)
    elif source.endswith(".jsonl"):
        yield from _ground_truth(content.decode(), written, source)
    elif content:
        raise DataError(
            f"{source} is not a file of labels: allowed are .parquet with the columns {ID}, "
            f"{LABEL} and {TIME}, and .jsonl in the format of Model Monitor's ground truth"
        )


def _rows(content: bytes, source: str) -> Iterator[tuple[str, Label]]:
    table = pq.read_table(arrow_file(content))
    names = {name.lower() for name in table.column_names}
    if not {ID, LABEL} <= names <= {ID, LABEL, TIME}:
        raise DataError(
            f"{source} has the columns {', '.join(table.column_names)}: the query of the labels "
            f"must return {ID} and {LABEL}, and may return {TIME}"
        )
    table = table.rename_columns([name.lower() for name in table.column_names])
    times = _times(table, source)
    for key, label, time in zip(_texts(table, ID), _texts(table, LABEL), times, strict=True):
        if key is not None and label is not None:
            yield key, Label(label, time)


def _texts(table: pa.Table, name: str) -> list[str | None]:
    texts: list[str | None] = table[name].cast(pa.string()).to_pylist()
    return texts


def _times(table: pa.Table, source: str) -> list[datetime | None]:
    if TIME not in table.column_names:
        return [None] * table.num_rows
    try:
        times = in_utc(table[TIME].cast(pa.string())).to_pylist()
    except pa.ArrowInvalid as error:
        raise DataError(f"{source}, column {TIME}: not times, as required: {error}") from error
    return [None if time is None else time.replace(tzinfo=UTC) for time in times]


def _ground_truth(text: str, written: datetime, source: str) -> Iterator[tuple[str, Label]]:
    for number, line in enumerate(text.splitlines(), start=1):
        try:
            record = json.loads(line)
            data = record["groundTruthData"]["data"]
            yield record["eventMetadata"]["eventId"], Label(str(data).strip(), written)
        except (ValueError, KeyError, TypeError) as error:
            raise DataError(
                f"{source}, line {number}: not a record of ground truth ({error!r}); it has "
                "groundTruthData.data and eventMetadata.eventId"
            ) from error
