"""evaluation.json of a classifier, compared with computed values and with scikit-learn."""

import json
import math

import numpy as np
import pytest
from sklearn import metrics as known

from pipeline_code.runtime.classification import binary_classification_report
from pipeline_code.runtime.job_errors import DataError

# Predicts 1 for the rows 0, 1, 2: two of the three true rows and one of the five false rows.
TRUTH = np.array([True, True, False, True, False, False, False, False])
PROBABILITY = np.array([0.9, 0.6, 0.5, 0.4, 0.4, 0.2, 0.1, 0.0])
GOLDEN = {
    "accuracy": 6 / 8,
    "precision": 2 / 3,
    "recall": 2 / 3,
    "f1": 2 / 3,
    # 13 of 15 pairs are in the correct order, and one pair is tied.
    "auc": 13.5 / 15,
    "accuracy_best_constant_classifier": 5 / 8,
    "precision_best_constant_classifier": 0.0,
    "recall_best_constant_classifier": 0.0,
    "f1_best_constant_classifier": 0.0,
    "auc_best_constant_classifier": 0.5,
    "log_loss_best_constant_classifier": -(3 * math.log(3 / 8) + 5 * math.log(5 / 8)) / 8,
}


def test_golden_values():
    report = binary_classification_report(TRUTH, PROBABILITY)
    measured = report["binary_classification_metrics"]
    assert measured.pop("confusion_matrix") == {"0": {"0": 4, "1": 1}, "1": {"0": 1, "1": 2}}
    values = {name: metric["value"] for name, metric in measured.items()}
    assert set(values) - {"log_loss"} == set(GOLDEN)
    assert {name: values[name] for name in GOLDEN} == pytest.approx(GOLDEN)
    assert report["version"] == 0.0
    assert report["dataset"] == {"item_count": 8}


def test_values_are_those_of_scikit_learn():
    rng = np.random.default_rng(3)
    probability = rng.uniform(size=500).round(2)
    truth = rng.uniform(size=500) < probability
    measured = binary_classification_report(truth, probability)["binary_classification_metrics"]
    answer = probability >= 0.5
    assert measured["auc"]["value"] == pytest.approx(known.roc_auc_score(truth, probability))
    assert measured["f1"]["value"] == pytest.approx(known.f1_score(truth, answer))
    assert measured["log_loss"]["value"] == pytest.approx(known.log_loss(truth, probability))


def test_deviation_of_the_accuracy_is_what_theory_says():
    rng = np.random.default_rng(5)
    probability = rng.uniform(size=4000)
    truth = rng.uniform(size=4000) < probability
    accuracy = binary_classification_report(truth, probability)["binary_classification_metrics"][
        "accuracy"
    ]
    expected = math.sqrt(accuracy["value"] * (1 - accuracy["value"]) / 4000)
    assert accuracy["standard_deviation"] == pytest.approx(expected, rel=0.2)


def test_report_is_repeatable_json_even_of_two_certain_rows():
    rows = np.array([True, False]), np.array([0.0, 1.0])
    reports = [binary_classification_report(*rows) for _ in range(2)]
    assert reports[0] == reports[1]
    assert json.loads(json.dumps(reports[0], allow_nan=False)) == reports[0]


@pytest.mark.parametrize("truth", [[], [True], [False, False]])
def test_nothing_to_compare_is_refused(truth):
    with pytest.raises(DataError, match=f"has {len(truth)} rows, .* of either kind"):
        binary_classification_report(np.array(truth, dtype=bool), np.full(len(truth), 0.5))


@pytest.mark.parametrize("probability", [-0.1, 1.2, math.nan])
def test_what_is_no_probability_is_refused(probability):
    with pytest.raises(DataError, match=r"must be in \[0, 1\]"):
        binary_classification_report(np.array([True, False]), np.array([0.5, probability]))
