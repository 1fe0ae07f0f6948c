"""Joins captured requests with their labels, by the ID of the inference."""

import csv
import json
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from pipeline_code.runtime.captures import Request, Row, rows_of
from pipeline_code.runtime.dataset import Dataset
from pipeline_code.runtime.job_errors import DataError
from pipeline_code.runtime.monitoring.answers import predictions_of
from pipeline_code.runtime.monitoring.declaration import Monitored
from pipeline_code.runtime.monitoring.inputs import requests_in
from pipeline_code.runtime.monitoring.labels import Label
from pipeline_code.runtime.monitoring.window import Window
from pipeline_code.runtime.problem import Prediction

FILE = "labelled.jsonl"


@dataclass(frozen=True)
class LabelledRow:
    """A predicted row with its label; `row` is empty if the request cannot be read as rows."""

    label: str
    prediction: Prediction
    row: Row


@dataclass
class Joined:
    """The predicted rows of a window with a label, and the numbers for the report.

    `late` of the joined labels became known after the delay; None if no label has a time. Rows
    without a label are `missing`. `invalid` labels are no values of the target. The answers of
    `unreadable` requests have no predictions.
    """

    rows: list[LabelledRow] = field(default_factory=list)
    missing: int = 0
    late: int | None = None
    invalid: int = 0
    unreadable: int = 0

    @property
    def counts(self) -> dict[str, int | None]:
        """The numbers of rows by outcome."""
        return {
            "predicted": len(self.rows) + self.missing + self.invalid,
            "joined": len(self.rows),
            "missing": self.missing,
            "late": self.late,
            "invalid": self.invalid,
            "unreadable": self.unreadable,
        }


@dataclass(frozen=True)
class _Predicted:
    time: datetime
    prediction: Prediction
    row: Row


def join(
    window: Window,
    monitored: Monitored,
    labels: Mapping[str, Label],
    *,
    delay: timedelta,
    captured: str,
    storage: Any,
) -> Joined:
    """Join the requests of a window below the S3 URI `captured` with their labels.

    A request of one row has its ID, row n (from 0) of several has the ID `<ID>:<n>`. Of requests
    with the same ID, such as retries, the last one counts. A label that is known more than `delay`
    after its request is late.
    """
    found, predicted = Joined(), dict[str, _Predicted]()
    for uri, request in requests_in(window, captured, storage):
        try:
            predicted.update(_predicted(request, monitored))
        except DataError as error:
            print(f"{uri}: a response cannot be read: {error}")
            found.unreadable += 1
    for key, each in predicted.items():
        label = labels.get(key)
        if label is None:
            found.missing += 1
        elif not _is_label(label.text, monitored.dataset):
            name = ",".join(monitored.dataset.targets)
            print(f"the label {label.text[:80]!r} of {key!r} is no {name}")
            found.invalid += 1
        else:
            found.rows.append(LabelledRow(label.text, each.prediction, each.row))
            if label.time is not None:
                found.late = (found.late or 0) + (label.time > each.time + delay)
    return found


def write_labelled(joined: Joined, folder: Path) -> None:
    """Write the labelled rows as `folder/labelled.jsonl`."""
    lines = (json.dumps(asdict(row)) + "\n" for row in joined.rows)
    (folder / FILE).write_text("".join(lines), encoding="utf-8")


def read_labelled(folder: Path) -> list[LabelledRow]:
    """Read what `write_labelled` has written."""
    lines = (folder / FILE).read_text(encoding="utf-8").splitlines()
    return [LabelledRow(**json.loads(line)) for line in lines]


def _predicted(request: Request, monitored: Monitored) -> Iterator[tuple[str, _Predicted]]:
    if request.answer is None:
        raise DataError("it was not captured: let the endpoint capture its responses")
    predictions = predictions_of(request.answer, monitored.dataset)
    rows = _rows(request, monitored, len(predictions))
    for number, (prediction, row) in enumerate(zip(predictions, rows, strict=True)):
        key = request.id if len(predictions) == 1 else f"{request.id}:{number}"
        yield key, _Predicted(request.time, prediction, row)


def _rows(request: Request, monitored: Monitored, count: int) -> list[Row]:
    """The rows of a request; empty ones if its model takes rows in another form."""
    try:
        rows = rows_of(request, monitored.requests)
    except DataError:
        rows = []
    return rows if len(rows) == count else [{}] * count


def target_values(text: str, dataset: Dataset) -> dict[str, str]:
    """The texts of the targets in a label: of several targets, one record of CSV in their order.

    Raises DataError for another number of values.
    """
    values = next(csv.reader([text]), []) if dataset.has_several_targets else [text]
    if len(values) != len(dataset.targets):
        raise DataError(f"a label has {len(values)} values, and {len(dataset.targets)} are needed")
    return dict(zip(dataset.targets, values, strict=True))


def _is_label(text: str, dataset: Dataset) -> bool:
    try:
        values = target_values(text, dataset)
    except DataError:
        return False
    read = all(each.type.reads(values[each.name]) for each in dataset.target_schema.columns)
    return read and (not dataset.classes or text in dataset.classes)
