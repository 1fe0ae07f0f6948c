"""Joins captured requests with their labels, by the ID of the inference."""

import csv
import json
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from pipeline_code.runtime.captures import Request, Row, rows_of
from pipeline_code.runtime.dataset import Dataset
from pipeline_code.runtime.job_errors import DataError
from pipeline_code.runtime.monitoring.answers import predictions_of
from pipeline_code.runtime.monitoring.declaration import Monitored
from pipeline_code.runtime.monitoring.inputs import batches_in, requests_in
from pipeline_code.runtime.monitoring.labels import Label
from pipeline_code.runtime.monitoring.window import Window
from pipeline_code.runtime.problem import Prediction

_COLUMNS = "declare the columns that the batch pipeline writes (batch in monitored.py)"
FILE, UNLABELLED, BASELINE = "labelled.jsonl", "unlabelled.jsonl", "bias_baseline.json"


@dataclass(frozen=True)
class PredictedRow:
    """A predicted row; `row` is empty if the request cannot be read as rows."""

    prediction: Prediction
    row: Row


@dataclass(frozen=True)
class LabelledRow(PredictedRow):
    """A predicted row with its label."""

    label: str


@dataclass
class Joined:
    """The predicted rows of a window with and without a label, and the numbers for the report.

    `late` of the joined labels became known after the delay; None if no label has a time. `invalid`
    labels are no values of the target. The answers of `unreadable` requests have no predictions.
    """

    rows: list[LabelledRow] = field(default_factory=list)
    unlabelled: list[PredictedRow] = field(default_factory=list)
    late: int | None = None
    invalid: int = 0
    unreadable: int = 0

    @property
    def missing(self) -> int:
        """The number of rows without a label."""
        return len(self.unlabelled)

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
    batches: str | None,
    storage: Any,
) -> Joined:
    """Join the requests and the batches of a window below these S3 URIs with their labels.

    A request of one row has its ID, row n (from 0) of several has the ID `<ID>:<n>`. The ID of a
    row of a batch is its key. Of requests with the same ID, such as retries, the last one counts,
    and of batches as well. A label that is known more than `delay`
    after its request is late.
    """
    found, requested = Joined(), dict[str, _Predicted]()
    for uri, request in requests_in(window, captured, storage):
        try:
            requested.update(_predicted(request, monitored))
        except DataError as error:
            print(f"{uri}: a response cannot be read: {error}")
            found.unreadable += 1
    scored = dict(_scored(window, monitored, batches, storage)) if monitored.batch_key else {}
    for key, each in (*requested.items(), *scored.items()):
        label = labels.get(key)
        if label is None:
            found.unlabelled.append(PredictedRow(each.prediction, each.row))
        elif not _is_label(label.text, monitored.dataset):
            name = ",".join(monitored.dataset.targets)
            print(f"the label {label.text[:80]!r} of {key!r} is no {name}")
            found.invalid += 1
        else:
            found.rows.append(LabelledRow(each.prediction, each.row, label.text))
            if label.time is not None:
                found.late = (found.late or 0) + (label.time > each.time + delay)
    return found


def write_labelled(joined: Joined, folder: Path) -> None:
    """Write the labelled rows as `folder/labelled.jsonl`."""
    _write(joined.rows, folder / FILE)


def write_for_bias(joined: Joined, baseline: Mapping[str, Any] | None, folder: Path) -> None:
    """Write the rows without a label, and the analysis.json of the version (None if absent).

    They are next to the labelled rows: an output without files would fail the job that reads it.
    """
    _write(joined.unlabelled, folder / UNLABELLED)
    (folder / BASELINE).write_text(json.dumps(baseline), encoding="utf-8")


def read_labelled(folder: Path) -> list[LabelledRow]:
    """Read what `write_labelled` has written."""
    return [LabelledRow(**each) for each in _read(folder / FILE)]


def read_unlabelled(folder: Path) -> list[PredictedRow]:
    """Read the rows that `write_for_bias` has written."""
    return [PredictedRow(**each) for each in _read(folder / UNLABELLED)]


def read_bias_baseline(folder: Path) -> dict[str, Any] | None:
    """Read the analysis.json that `write_for_bias` has written."""
    found: dict[str, Any] | None = json.loads((folder / BASELINE).read_text(encoding="utf-8"))
    return found


def _write(rows: Sequence[PredictedRow], path: Path) -> None:
    lines = (json.dumps(asdict(row)) + "\n" for row in rows)
    path.write_text("".join(lines), encoding="utf-8")


def _read(path: Path) -> Iterator[dict[str, Any]]:
    for line in path.read_text(encoding="utf-8").splitlines():
        yield json.loads(line)


def _predicted(request: Request, monitored: Monitored) -> Iterator[tuple[str, _Predicted]]:
    if request.answer is None:
        raise DataError("it was not captured: let the endpoint capture its responses")
    predictions = predictions_of(request.answer, monitored.dataset)
    rows = _rows(request, monitored, len(predictions))
    for number, (prediction, row) in enumerate(zip(predictions, rows, strict=True)):
        key = request.id if len(predictions) == 1 else f"{request.id}:{number}"
        yield key, _Predicted(request.time, prediction, row)


def _scored(
    window: Window, monitored: Monitored, batches: str | None, storage: Any
) -> Iterator[tuple[str, _Predicted]]:
    """The rows of batches by their keys.

    Raises DataError for a row without one of these columns or a prediction that is no number.
    """
    needed = (*monitored.batch_key, monitored.batch_prediction)
    for time, rows in batches_in(window, monitored, batches, storage):
        for number, row in enumerate(rows, start=1):
            if missing := [column for column in needed if column not in row]:
                raise DataError(f"batch, row {number}: no {', '.join(missing)}: {_COLUMNS}")
            key = "-".join(row[column] for column in monitored.batch_key)
            yield key, _Predicted(time, _number(row, key, monitored.batch_prediction), row)


def _number(row: Row, key: str, column: str) -> float:
    try:
        number = float(row[column])
    except ValueError:
        number = math.nan
    if not math.isfinite(number):
        raise DataError(f"batch, row {key}: {column} is {row[column]!r}, not a number: {_COLUMNS}")
    return number


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
