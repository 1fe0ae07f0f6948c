"""Explanations of predictions: who gets them, their sums, and who is refused.

The parameter `verbose` of the accepted type is that of AWS' own algorithms:
https://docs.aws.amazon.com/sagemaker/latest/dg/IC-TF-inputoutput.html
"""

from __future__ import annotations

import io
import json
from types import SimpleNamespace

import numpy as np
import pytest
import xgboost

from pipeline_code.runtime.explanation import Explanation, tree_shap
from pipeline_code.runtime.model_application import application
from pipeline_code.runtime.schema import FLOAT, Column, Schema
from pipeline_code.runtime.serving import answer, hosting

HOSTING = hosting(
    Schema((Column("size", FLOAT), Column("age", FLOAT))),
    load=lambda folder: 2.0,
    predict=lambda rows, factor: rows["size"].to_numpy() * factor,
    as_object=lambda number: {"sold": number},
)
BODY = b"1.5,3\n4,5\n"


def explain_fn(rows, factor):
    values = {"size": rows["size"].to_numpy() * factor - 1, "age": np.zeros(rows.num_rows)}
    return Explanation(values, 1.0)


def asked(accept, tmp_path, *, explained=True):
    """The status and the body of the reply of a model that has explanations, or has not."""
    functions = HOSTING._asdict() | ({"explain_fn": explain_fn} if explained else {})
    environ = {
        "REQUEST_METHOD": "POST",
        "PATH_INFO": "/invocations",
        "HTTP_ACCEPT": accept,
        "CONTENT_TYPE": "text/csv",
        "wsgi.input": io.BytesIO(BODY),
    }
    statuses = []
    run = application(SimpleNamespace(**functions), tmp_path)
    (content,) = run(environ, lambda status, _: statuses.append(status))
    return int(statuses[0].split()[0]), content.decode()


@pytest.mark.parametrize(
    "accept",
    [
        "application/json;verbose",
        "application/json; q=1; Verbose",
        "application/json;verbose, */*;q=0.1",
        "application/json;verbose,text/csv",
    ],
)
def test_a_client_that_accepts_a_verbose_type_gets_explanations(accept, tmp_path):
    status, body = asked(accept, tmp_path)
    assert (status, json.loads(body)) == (
        200,
        [
            {
                "sold": 3.0,
                "explanation": {"expected_value": 1.0, "shap_values": {"size": 2.0, "age": 0.0}},
            },
            {
                "sold": 8.0,
                "explanation": {"expected_value": 1.0, "shap_values": {"size": 7.0, "age": 0.0}},
            },
        ],
    )


def test_lines_have_the_same_objects(tmp_path):
    _, objects = asked("application/json;verbose", tmp_path)
    _, lines = asked("application/jsonlines;verbose", tmp_path)
    assert [json.loads(line) for line in lines.splitlines()] == json.loads(objects)


def test_other_clients_get_the_predictions_alone(tmp_path):
    assert asked("application/json", tmp_path) == (200, '[{"sold": 3.0}, {"sold": 8.0}]')
    assert asked("text/csv", tmp_path) == (200, "3.0\n8.0\n")


@pytest.mark.parametrize(
    ("accept", "explained", "reason"),
    [
        ("application/json;verbose", False, "this model has no exact contributions"),
        ("text/csv;verbose", True, "accept application/json;verbose or application/jsonlines;"),
        ("*/*;verbose", True, "explanations are members of objects"),
        ("text/csv, application/json;verbose", True, "explanations are members of objects"),
    ],
)
def test_what_cannot_be_explained_is_refused(accept, explained, reason, tmp_path):
    status, body = asked(accept, tmp_path, explained=explained)
    assert (status, reason in body) == (406, True), body


def test_an_explanation_is_not_rounded():
    explanation = Explanation({"size": np.array([1 / 3])}, 1 / 7)
    body, _ = answer(
        np.array([1 / 3]),
        "application/json;verbose",
        digits=2,
        as_object=lambda number: {"sold": number},
        explanation=explanation,
    )
    assert json.loads(body) == [
        {"sold": 0.33, "explanation": {"expected_value": 1 / 7, "shap_values": {"size": 1 / 3}}}
    ]


def test_contributions_of_encoded_columns_are_added_up_and_sum_to_the_margin():
    rng = np.random.default_rng(0)
    rows = rng.normal(size=(200, 6)).astype(np.float32)
    labels = (rows[:, 0] + rows[:, 3] * rows[:, 4] > 0).astype(int)
    matrix = xgboost.DMatrix(rows, labels)
    booster = xgboost.train({"objective": "binary:logistic", "max_depth": 5}, matrix, 100)
    explanation = tree_shap(booster, matrix, {"number": 1, "flags": 4, "rank": 1})
    contributions = booster.predict(matrix, pred_contribs=True)
    assert explanation.values["flags"] == pytest.approx(contributions[:, 1:5].sum(axis=1), abs=1e-5)
    sums = [
        each["expected_value"] + sum(each["shap_values"].values()) for each in explanation.by_row()
    ]
    assert sums == pytest.approx(booster.predict(matrix, output_margin=True).tolist(), abs=1e-5)
