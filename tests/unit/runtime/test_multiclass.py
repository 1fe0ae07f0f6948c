"""evaluation.json of a classifier of several classes, compared with scikit-learn."""

import json

import numpy as np
import pyarrow as pa
import pytest
from sklearn import metrics as known

from pipeline_code.runtime.class_answers import as_class
from pipeline_code.runtime.dataset import Dataset
from pipeline_code.runtime.job_errors import DataError, SettingError
from pipeline_code.runtime.multiclass import multiclass_metrics, multiclass_report
from pipeline_code.runtime.multiclass_problem import require_every_class
from pipeline_code.runtime.problems import problem_of
from pipeline_code.runtime.schema import FLOAT, Column, Schema, choice
from pipeline_code.runtime.serving import answer

CLASSES = ("blue", "green", "red, dark")
SCHEMA = Schema((Column("size", FLOAT), Column("colour", choice(*CLASSES))))
DATASET = Dataset(SCHEMA, "colour", classes=CLASSES)


def drawn(seed, rows=200, classes=3):
    rng = np.random.default_rng(seed)
    return rng.integers(0, classes, rows), rng.dirichlet(np.ones(classes), rows)


@pytest.mark.parametrize("seed", range(3))
def test_metrics_equal_those_of_scikit_learn(seed):
    truth, probability = drawn(seed)
    given = probability.argmax(axis=1)
    weighted = {"average": "weighted", "zero_division": 0}
    assert multiclass_metrics(truth, probability) == pytest.approx(
        {
            "accuracy": known.accuracy_score(truth, given),
            "macro_f1": known.f1_score(truth, given, average="macro"),
            "weighted_precision": known.precision_score(truth, given, **weighted),
            "weighted_recall": known.recall_score(truth, given, **weighted),
            "weighted_f1": known.f1_score(truth, given, **weighted),
            "log_loss": known.log_loss(truth, probability),
        }
    )


def test_a_class_without_rows_and_answers_is_ignored():
    truth = np.array([0, 0, 1])
    probability = np.array([[0.8, 0.2, 0.0], [0.4, 0.6, 0.0], [0.1, 0.9, 0.0]])
    given = [0, 1, 1]
    expected = known.f1_score(truth, given, average="macro")
    assert multiclass_metrics(truth, probability)["macro_f1"] == pytest.approx(expected)


def test_the_report_compares_with_the_most_frequent_class():
    truth = np.array([0, 0, 0, 1, 2])
    probability = np.eye(3)[[0, 0, 0, 1, 1]]
    report = multiclass_report(truth, probability, classes=CLASSES)
    measured = report["multiclass_classification_metrics"]
    assert measured["confusion_matrix"]["red, dark"] == {"blue": 0, "green": 1, "red, dark": 0}
    # One wrong answer, and two of always answering blue.
    assert measured["error_ratio"]["value"] == pytest.approx(0.5)
    assert measured["accuracy_best_constant_classifier"]["value"] == pytest.approx(0.6)
    assert measured["macro_f1"]["standard_deviation"] > 0
    json.dumps(report, allow_nan=False)


@pytest.mark.parametrize(
    ("truth", "probability", "message"),
    [
        ([1, 1], [[0.5, 0.5, 0.0]] * 2, "2 rows of one class"),
        ([0, 1], [[0.5, 0.6, 0.0]] * 2, "3 probabilities for each row"),
        ([0, 1], [[0.5, 0.5]] * 2, "3 probabilities for each row"),
        ([0, 1], [0.5, 0.5], "3 probabilities for each row"),
        ([0, 1], [[np.nan, 0.5, 0.5]] * 2, "3 probabilities for each row"),
    ],
)
def test_what_cannot_be_measured_is_refused(truth, probability, message):
    with pytest.raises(DataError, match=message):
        multiclass_report(np.array(truth), np.array(probability), classes=CLASSES)


def test_labels_are_the_numbers_of_the_classes():
    rows = pa.table({"colour": ["green", "blue", "red, dark"]})
    labels = DATASET.labels(rows)
    assert labels.tolist() == [1, 0, 2]
    assert DATASET.target_mean(labels) == pytest.approx([1 / 3] * 3)
    with pytest.raises(DataError, match="colour has other values than blue, green, red, dark"):
        DATASET.labels(pa.table({"colour": ["yellow"]}))


def test_a_class_without_training_rows_is_named():
    with pytest.raises(DataError, match="none of them of the class green, red, dark"):
        require_every_class(np.array([0, 0]), CLASSES)


def test_classes_and_a_positive_class_exclude_each_other():
    with pytest.raises(SettingError, match="use either two or more different classes, or positive"):
        Dataset(SCHEMA, "colour", positive="blue", classes=CLASSES)


def test_each_data_set_has_one_kind_of_prediction():
    kinds = [
        problem_of(dataset).error
        for dataset in (
            DATASET,
            Dataset(SCHEMA, "colour", positive="blue"),
            Dataset(SCHEMA, "size"),
        )
    ]
    assert kinds == ["log_loss", "log_loss", "mae"]


@pytest.mark.parametrize(
    ("accept", "outside", "expected"),
    [
        ("text/csv", None, '"red, dark",0.1,0.2,0.7\n'),
        ("text/csv", [["size"]], '"red, dark",0.1,0.2,0.7,size\n'),
        (
            "application/jsonlines",
            None,
            '{"colour": "red, dark", "probabilities": '
            '{"blue": 0.1, "green": 0.2, "red, dark": 0.7}}\n',
        ),
    ],
)
def test_an_answer_has_the_class_and_all_probabilities(accept, outside, expected):
    predicted = np.array([[0.1, 0.2, 0.7]])
    text, _ = answer(predicted, accept, digits=4, as_object=as_class(DATASET), outside=outside)
    assert text == expected


def test_the_class_is_that_of_the_probabilities_before_they_are_rounded():
    predicted = np.array([[0.33333, 0.33331, 0.33336]])
    text, _ = answer(predicted, "text/csv", digits=4, as_object=as_class(DATASET))
    assert text == '"red, dark",0.3333,0.3333,0.3334\n'
    text, _ = answer(predicted, "text/csv", digits=3, as_object=as_class(DATASET))
    assert text == '"red, dark",0.333,0.333,0.333\n'
