"""evaluation.json of a regression, compared with computed values and with scikit-learn."""

import json

import numpy as np
import pytest
from sklearn.metrics import mean_absolute_error, r2_score, root_mean_squared_error

from pipeline_code.runtime.job_errors import DataError
from pipeline_code.runtime.regression import regression_report

GOLDEN = {
    "mae": 1.0,
    "mse": 1.5,
    "rmse": 1.224744871391589,
    "r2": 0.7,
    "mae_baseline": 2.0,
    "mse_baseline": 6.0,
    "rmse_baseline": 2.449489742783178,
    "r2_baseline": -0.2,
    "rmse_ratio": 0.5,
}


def test_golden_values():
    truth = np.array([1.0, 3.0, 5.0, 7.0])
    report = regression_report(truth, truth + np.array([0.0, -1.0, 1.0, 2.0]), mean_guess=3.0)
    metrics = report["regression_metrics"]
    assert {name: metric["value"] for name, metric in metrics.items()} == pytest.approx(GOLDEN)
    assert report["version"] == 0.0
    assert report["dataset"] == {"item_count": 4}


def test_values_are_those_of_scikit_learn():
    rng = np.random.default_rng(3)
    truth = rng.normal(40, 20, 500)
    predicted = truth + rng.normal(0, 5, 500)
    metrics = regression_report(truth, predicted, mean_guess=40.0)["regression_metrics"]
    assert metrics["mae"]["value"] == pytest.approx(mean_absolute_error(truth, predicted))
    assert metrics["rmse"]["value"] == pytest.approx(root_mean_squared_error(truth, predicted))
    assert metrics["r2"]["value"] == pytest.approx(r2_score(truth, predicted))


def test_deviation_of_the_mean_error_is_what_theory_says():
    rng = np.random.default_rng(5)
    truth = rng.normal(0, 10, 2000)
    error = rng.normal(0, 3, 2000)
    metrics = regression_report(truth, truth + error, mean_guess=0.0)["regression_metrics"]
    expected = np.std(np.abs(error)) / np.sqrt(len(error))
    assert metrics["mae"]["standard_deviation"] == pytest.approx(expected, rel=0.2)


def test_report_is_repeatable_json_even_of_two_rows():
    truth = np.array([1.0, 2.0])
    reports = [regression_report(truth, truth * 1.1, mean_guess=1.0) for _ in range(2)]
    assert reports[0] == reports[1]
    assert json.loads(json.dumps(reports[0], allow_nan=False)) == reports[0]


@pytest.mark.parametrize("truth", [[], [4.0], [4.0, 4.0]])
def test_nothing_to_compare_is_refused(truth):
    with pytest.raises(DataError, match=f"{len(truth)} rows to evaluate, all of one value"):
        regression_report(np.array(truth), np.array(truth), mean_guess=4.0)
