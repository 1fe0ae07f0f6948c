"""Predictions are read from captured responses of every form that the models give."""

from __future__ import annotations

import numpy as np
import pytest

from pipeline_code.runtime.captures import Answer
from pipeline_code.runtime.class_answers import as_class, as_targets
from pipeline_code.runtime.dataset import Dataset
from pipeline_code.runtime.job_errors import DataError
from pipeline_code.runtime.monitoring.answers import predictions_of
from pipeline_code.runtime.schema import FLOAT, INTEGER, Column, Schema, choice
from pipeline_code.runtime.serving import answer

SIZE = Column("size", INTEGER)
NUMBER = Dataset(Schema((SIZE, Column("sold", FLOAT))), "sold")
BINARY = Dataset(Schema((SIZE, Column("kind", choice("a", "b")))), "kind", positive="b")
CLASSES = Dataset(
    Schema((SIZE, Column("kind", choice("a", "b", "c")))), "kind", classes=("a", "b", "c")
)
TARGETS = Dataset(
    Schema((SIZE, Column("sold", FLOAT), Column("days", FLOAT))), targets=("sold", "days")
)
CASES = [
    (TARGETS, [[1.5, 3.0], [2.0, 0.0]], as_targets(TARGETS)),
    (NUMBER, [1.5, 2.0], lambda number: {"sold": number}),
    (BINARY, [0.25, 1.0], lambda number: {"kind": "b", "probability": number}),
    (CLASSES, [[0.5, 0.25, 0.25], [0.0, 0.0, 1.0]], as_class(CLASSES)),
]


@pytest.mark.parametrize("accept", ["text/csv", "application/jsonlines", "application/json"])
@pytest.mark.parametrize(("dataset", "predicted", "as_object"), CASES)
@pytest.mark.parametrize("outside", [None, [["size"], []]])
def test_the_predictions_are_those_that_the_model_answered(
    dataset, predicted, as_object, accept, outside
):
    body, kind = answer(
        np.asarray(predicted), accept, digits=4, as_object=as_object, outside=outside
    )
    assert predictions_of(Answer(kind, body), dataset) == predicted


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        ("text/plain", "size is missing"),
        ("text/csv", "size is missing"),
        ("text/csv", "1.5\nnan\n"),
        ("application/json", '[{"sold": Infinity}]'),
        ("application/json", "{}"),
        ("application/json", '[{"other": 1}]'),
        ("application/jsonlines", "no"),
    ],
)
def test_a_response_without_predictions_is_named(kind, body):
    with pytest.raises(DataError, match="response"):
        predictions_of(Answer(kind, body), NUMBER)


def test_missing_targets_are_named():
    with pytest.raises(DataError, match="1 of 2 targets"):
        predictions_of(Answer("text/csv", "0.5\n"), TARGETS)


def test_missing_probabilities_are_named():
    with pytest.raises(DataError, match="1 of 3 probabilities"):
        predictions_of(Answer("text/csv", "a,0.5\n"), CLASSES)
