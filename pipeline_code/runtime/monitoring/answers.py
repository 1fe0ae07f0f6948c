"""Reads the predictions of captured responses (`answer` of pipeline_code/runtime/serving.py)."""

import csv
import io
import json
from collections.abc import Iterator, Mapping
from typing import Any

from pipeline_code.runtime.captures import Answer
from pipeline_code.runtime.dataset import Dataset
from pipeline_code.runtime.job_errors import DataError

# A number, or the probability of each class.
Prediction = float | list[float]


def predictions_of(answer: Answer, dataset: Dataset) -> list[Prediction]:
    """Return the prediction of each row of a response, as the evaluation measures it.

    Raises DataError for a response without predictions, such as an error message.
    """
    try:
        found = _read(answer, dataset)
    except (ValueError, KeyError, TypeError, IndexError) as error:
        raise DataError(f"the response {answer.body[:80]!r} has no predictions: {error}") from error
    if not found:
        raise DataError(f"the response {answer.body[:80]!r} has no predictions")
    return found


def _read(answer: Answer, dataset: Dataset) -> list[Prediction]:
    kind = answer.content_type.partition(";")[0].strip().lower()
    if kind == "text/csv":
        return list(_of_csv(answer.body, dataset))
    if kind in ("application/json", "application/jsonlines"):
        return [_of_object(each, dataset) for each in _objects(answer.body, kind)]
    raise ValueError(f"its content type is {answer.content_type!r}")


def _of_csv(body: str, dataset: Dataset) -> Iterator[Prediction]:
    """Of several classes, a line has the answer and the probabilities in the declared order."""
    for record in csv.reader(io.StringIO(body, newline="")):
        if not record:
            continue
        if dataset.classes:
            probabilities = record[1 : 1 + len(dataset.classes)]
            if len(probabilities) < len(dataset.classes):
                raise ValueError(f"{len(probabilities)} of {len(dataset.classes)} probabilities")
            yield list(map(float, probabilities))
        else:
            yield float(record[0])


def _objects(body: str, kind: str) -> list[Mapping[str, Any]]:
    if kind == "application/jsonlines":
        return [json.loads(line) for line in body.splitlines() if line.strip()]
    found: list[Mapping[str, Any]] = json.loads(body)
    return found


def _of_object(row: Mapping[str, Any], dataset: Dataset) -> Prediction:
    if dataset.classes:
        return [float(row["probabilities"][name]) for name in dataset.classes]
    return float(row[dataset.target if dataset.positive is None else "probability"])
