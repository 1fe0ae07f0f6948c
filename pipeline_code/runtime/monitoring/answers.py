"""Reads the predictions of captured responses (`answer` of pipeline_code/runtime/serving.py)."""

import csv
import io
import json
from collections.abc import Mapping
from typing import Any

import numpy as np

from pipeline_code.runtime.captures import Answer
from pipeline_code.runtime.dataset import Dataset
from pipeline_code.runtime.job_errors import DataError
from pipeline_code.runtime.problem import Prediction
from pipeline_code.runtime.problems import problem_of


def predictions_of(answer: Answer, dataset: Dataset) -> list[Prediction]:
    """Return the prediction of each row of a response, as the evaluation measures it.

    Raises DataError for a response without predictions, such as an error message.
    """
    try:
        found = _read(answer, dataset)
        if not np.isfinite(np.asarray(found, dtype=np.float64)).all():
            raise ValueError("a prediction is not a finite number")
    except (ValueError, KeyError, TypeError, IndexError) as error:
        raise DataError(f"the response {answer.body[:80]!r} has no predictions: {error}") from error
    if not found:
        raise DataError(f"the response {answer.body[:80]!r} has no predictions")
    return found


def _read(answer: Answer, dataset: Dataset) -> list[Prediction]:
    kind = answer.content_type.partition(";")[0].strip().lower()
    problem = problem_of(dataset)
    if kind == "text/csv":
        records = csv.reader(io.StringIO(answer.body, newline=""))
        return [problem.of_record(dataset, record) for record in records if record]
    if kind in ("application/json", "application/jsonlines"):
        return [problem.of_object(dataset, each) for each in _objects(answer.body, kind)]
    raise ValueError(f"its content type is {answer.content_type!r}")


def _objects(body: str, kind: str) -> list[Mapping[str, Any]]:
    if kind == "application/jsonlines":
        return [json.loads(line) for line in body.splitlines() if line.strip()]
    found: list[Mapping[str, Any]] = json.loads(body)
    return found
