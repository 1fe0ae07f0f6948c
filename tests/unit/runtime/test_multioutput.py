"""A regression of several targets: metrics, labels, training, contract, monitoring."""

from __future__ import annotations

import json
from datetime import date

import numpy as np
import pyarrow as pa
import pytest
from sklearn import metrics as known
from sklearn.ensemble import HistGradientBoostingRegressor, RandomForestRegressor
from sklearn.multioutput import MultiOutputRegressor

from pipeline_code.runtime.bootstrap import RESAMPLES
from pipeline_code.runtime.champion import comparison
from pipeline_code.runtime.data_contract import Contract, Data, report_on
from pipeline_code.runtime.data_profile import Profile, profile_of
from pipeline_code.runtime.data_rules import RULES
from pipeline_code.runtime.dataset import Dataset
from pipeline_code.runtime.estimator_io import load_estimator, save_estimator
from pipeline_code.runtime.estimator_training import for_targets
from pipeline_code.runtime.job_errors import DataError, SettingError
from pipeline_code.runtime.monitoring.labelled import LabelledRow, target_values
from pipeline_code.runtime.monitoring.report_quality import metrics_of, quality_report
from pipeline_code.runtime.multioutput import multioutput_metrics, multioutput_report
from pipeline_code.runtime.problems import problem_of
from pipeline_code.runtime.schema import FLOAT, INTEGER, STRING, Column, Schema
from tests.unit.runtime.monitoring.test_report_quality import COLLECTION

SCHEMA = Schema(
    (
        *(Column("price", FLOAT), Column("days", INTEGER)),
        *(Column("size", FLOAT), Column("place", STRING)),
    )
)
TARGETS = ("price", "days")
DATASET = Dataset(SCHEMA, targets=TARGETS)


def drawn(seed, rows=200):
    rng = np.random.default_rng(seed)
    truth = rng.normal([1e6, 10], [2e5, 3], (rows, 2))
    return truth, truth + rng.normal(0, [1e5, 1], (rows, 2))


def table(seed, rows=300):
    rng = np.random.default_rng(seed)
    size = rng.normal(70, 20, rows)
    return pa.table(
        {
            "price": 10_000 * size + rng.normal(0, 1e5, rows),
            "days": (90 - size + rng.normal(0, 5, rows)).round().astype(int),
            "size": size,
            "place": rng.choice(["north", "south"], rows),
        }
    )


@pytest.mark.parametrize("seed", range(3))
def test_averages_are_those_of_scikit_learn(seed):
    truth, predicted = drawn(seed)
    found = multioutput_metrics(truth, predicted)
    assert {name: found[name] for name in ("mae", "mse", "rmse", "r2")} == pytest.approx(
        {
            "mae": known.mean_absolute_error(truth, predicted),
            "mse": known.mean_squared_error(truth, predicted),
            "rmse": known.root_mean_squared_error(truth, predicted),
            "r2": known.r2_score(truth, predicted),
        }
    )


def test_relative_errors_do_not_depend_on_the_units():
    truth, predicted = drawn(0)
    scaled = np.array([1e-6, 1_000])
    one, other = (
        multioutput_metrics(truth, predicted),
        multioutput_metrics(truth * scaled, predicted * scaled),
    )
    for name in ("relative_mae", "relative_rmse", "r2"):
        assert one[name] == pytest.approx(other[name])
    assert one["rmse"] != pytest.approx(other["rmse"])
    assert one["relative_rmse"] == pytest.approx(np.mean([1e5 / 2e5, 1 / 3]), rel=0.1)


def test_the_report_has_each_target_and_the_worst_of_them():
    truth, predicted = drawn(0)
    predicted[:, 1] = 10  # no better than the mean
    report = multioutput_report(truth, predicted, targets=TARGETS, mean_guess=[1e6, 10.0])
    measured = report["multioutput_regression_metrics"]
    ratios = [
        report["regression_metrics_by_target"][name]["rmse_ratio"]["value"] for name in TARGETS
    ]
    assert ratios[0] < 0.6
    assert ratios[1] == pytest.approx(1)
    assert measured["rmse_ratio_of_worst_target"]["value"] == max(ratios)
    assert measured["rmse_ratio"]["value"] == pytest.approx(np.mean(ratios))
    assert report["regression_metrics_by_target"]["price"]["mae"]["value"] == pytest.approx(
        known.mean_absolute_error(truth[:, 0], predicted[:, 0])
    )
    assert measured["r2"]["standard_deviation"] > 0
    json.dumps(report, allow_nan=False)


def test_a_resample_without_a_change_of_a_target_is_omitted():
    truth = np.array([[1.0, 0.0], [2.0, 0.0], [3.0, 1.0]])
    assert RESAMPLES > 10  # some of them draw the last row never
    report = multioutput_report(truth, truth + 0.1, targets=TARGETS, mean_guess=[2.0, 0.5])
    json.dumps(report, allow_nan=False)


@pytest.mark.parametrize(
    ("truth", "predicted", "message"),
    [
        ([[1, 5], [2, 5]], [[1, 5], [2, 5]], "target days: 2 rows to evaluate, all of one value"),
        ([[1, 5], [2, 6]], [1, 2], r"predictions of shape \(2,\): must be 2 numbers for each of 2"),
    ],
)
def test_what_cannot_be_measured_is_refused(truth, predicted, message):
    with pytest.raises(DataError, match=message):
        multioutput_report(
            np.array(truth, float), np.array(predicted, float), targets=TARGETS, mean_guess=[1, 5]
        )


def test_the_approved_model_is_better_if_its_relative_error_is_lower():
    found = comparison("relative_rmse", candidate=0.5, champion=None, measure=lambda _: {})
    assert found["difference"] == 0
    assert problem_of(DATASET).error == "relative_mae"


def test_the_mean_of_the_errors_of_rows_is_the_metric():
    truth, predicted = drawn(1)
    problem = problem_of(DATASET)
    mean = problem.row_errors(truth, predicted).mean()
    assert mean == pytest.approx(problem.metrics(truth, predicted)[problem.error])
    assert set(problem.plots(DATASET, truth, predicted)["by_target"]) == set(TARGETS)


def test_labels_and_inputs():
    rows = table(0, 3)
    assert DATASET.inputs.names == ["size", "place"]
    labels = DATASET.labels(rows)
    assert labels.shape == (3, 2)
    assert labels[:, 1].tolist() == rows["days"].to_pylist()
    assert DATASET.target_mean(labels) == pytest.approx(labels.mean(axis=0))
    reversed_ = Dataset(SCHEMA, targets=("days", "price"))
    assert reversed_.labels(rows)[:, 0].tolist() == rows["days"].to_pylist()


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({}, "use one of the two"),
        ({"target": "price", "targets": TARGETS}, "use one of the two"),
        ({"targets": ("price",)}, "two or more different numbers"),
        ({"targets": ("price", "price")}, "two or more different numbers"),
        ({"targets": TARGETS, "positive": True}, "positive is True and classes are"),
        ({"targets": ("price", "place")}, "the targets place are not columns of numbers"),
        ({"targets": ("price", "rooms")}, "the targets rooms are not columns of numbers"),
    ],
)
def test_wrong_targets_are_named(arguments, message):
    with pytest.raises(SettingError, match=message):
        Dataset(SCHEMA, **arguments)


def test_an_estimator_without_several_targets_is_wrapped(tmp_path):
    trees = for_targets(HistGradientBoostingRegressor(), DATASET)
    assert isinstance(trees, MultiOutputRegressor)
    forest = RandomForestRegressor()
    assert for_targets(forest, DATASET) is forest
    single = HistGradientBoostingRegressor()
    assert for_targets(single, Dataset(SCHEMA, "price")) is single
    truth, inputs = drawn(0)
    save_estimator(trees.fit(inputs, truth), tmp_path / "model.pickle")
    again = load_estimator(tmp_path / "model.pickle")
    assert np.array_equal(again.predict(inputs), trees.predict(inputs))


def failed(current, approved=None, **limits):
    contract = Contract(dataset=DATASET, least_rows=100, repeated=1.0, **limits)
    report = report_on(Data(contract, current, approved, date(2026, 1, 1)), RULES)
    return {(each["rule"], each["column"]) for each in report["failed"]}


def described(rows):
    return Profile.from_json(profile_of(rows, DATASET).to_json())


def shuffled(rows, name):
    column = rows[name].take(np.random.default_rng(0).permutation(rows.num_rows))
    return rows.set_column(rows.column_names.index(name), name, column)


def test_the_contract_checks_each_target():
    approved, rows = described(table(0)), table(1)
    means = {"price": (5e5, 9e5), "days": (0, 40)}
    open_ = {"unseen": 1.0, "target_mean": means}
    assert failed(described(rows), approved, **open_) == set()
    # The labels of one target were shuffled: its signal is lost, its distribution is not.
    found = failed(described(shuffled(rows, "days")), approved, **open_)
    assert found == {("signal_of_target", "size")}
    later = rows.set_column(1, "days", pa.array(np.array(rows["days"]) + 30))
    found = failed(described(later), approved, **open_)
    assert {("target_mean", "days"), ("target_shift", "days")} <= found
    assert ("target_shift", "price") not in found


def test_a_profile_of_parts_is_that_of_all_rows():
    rows = table(0)
    parts = described(rows.slice(0, 100)).merged(described(rows.slice(100)))
    whole = described(rows)
    for name, column in whole.columns.items():
        found = parts.columns[name].buckets
        assert found.keys() == column.buckets.keys()
        for value, sums in column.buckets.items():
            assert found[value] == pytest.approx(sums)


def test_a_label_has_the_targets_as_csv():
    assert target_values("1.5,20", DATASET) == {"price": "1.5", "days": "20"}
    assert target_values("a,b", Dataset(SCHEMA, "price")) == {"price": "a,b"}
    with pytest.raises(DataError, match="a label has 1 values, and 2 are needed"):
        target_values("1.5", DATASET)


def test_monitored_quality_has_the_averages_and_each_target(monkeypatch):
    monkeypatch.setenv("PIPELINE", "redline-test-served")
    truth, predicted = drawn(0)
    truth[:, 1] = truth[:, 1].round()
    rows = [
        LabelledRow(given.tolist(), {}, f"{price},{days:.0f}")
        for (price, days), given in zip(truth, predicted, strict=True)
    ]
    report = quality_report(DATASET, rows, COLLECTION)
    assert report["outcome"] == "Measured"
    assert set(report["regression_metrics_by_target"]) == set(TARGETS)
    measured = {each["MetricName"] for each in metrics_of(report)}
    assert {"mae", "rmse", "r2", "rmse_ratio_of_worst_target"} <= measured
