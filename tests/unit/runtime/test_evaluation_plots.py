"""plots.json: curves and counts whose size does not depend on the number of rows."""

from __future__ import annotations

import json
from datetime import date, timedelta

import numpy as np
import pyarrow as pa
import pytest

from pipeline_code.runtime.binary_problem import POINTS, classification_plots
from pipeline_code.runtime.classification import classification_metrics
from pipeline_code.runtime.dataset import Dataset
from pipeline_code.runtime.evaluation_plots import (
    MOST_CHARACTERS,
    MOST_GROUPS,
    MOST_PERIODS,
    errors_by_group,
    errors_over_time,
    evaluation_plots,
    permutation_importance,
)
from pipeline_code.runtime.regression_problem import regression_plots
from pipeline_code.runtime.schema import DATE, FLOAT, STRING, Column, Schema

SCHEMA = Schema((Column("size", FLOAT), Column("day", DATE), Column("kind", STRING)))
ROWS = 5_000


@pytest.fixture
def rng():
    return np.random.default_rng(1)


def table(rng, rows=ROWS):
    days = [date(2008, 1, 1) + timedelta(days=int(n)) for n in rng.integers(0, 366, rows)]
    kinds = [f"{'k' * 100}{n}" for n in rng.integers(0, 30, rows)]
    return pa.table({"size": rng.normal(size=rows), "day": days, "kind": kinds})


def area(x, y):
    return sum((b - a) * (u + v) / 2 for a, b, u, v in zip(x, x[1:], y, y[1:], strict=False))


def test_the_counts_of_a_regression_have_all_rows(rng):
    truth = rng.normal(size=ROWS)
    plots = regression_plots(truth, truth + rng.normal(size=ROWS))
    assert sum(count for _, _, count in plots["predicted_against_actual"]["cells"]) == ROWS
    assert sum(plots["residuals"]["counts"]) == ROWS


def test_a_perfect_regression_has_plots(rng):
    truth = rng.normal(size=50)
    assert sum(regression_plots(truth, truth)["residuals"]["counts"]) == 50


def test_the_roc_curve_has_the_measured_area(rng):
    truth = rng.random(ROWS) < 0.3
    probability = np.clip(0.3 + 0.3 * truth + rng.normal(scale=0.2, size=ROWS), 0, 1)
    roc = classification_plots(truth, probability)["roc"]
    x, y = roc["false_positive_rate"], roc["true_positive_rate"]
    assert (x[0], y[0], x[-1], y[-1]) == (0.0, 0.0, 1.0, 1.0)
    assert len(x) <= POINTS
    assert area(x, y) == pytest.approx(classification_metrics(truth, probability)["auc"], abs=1e-3)


def test_equal_probabilities_are_one_point():
    plots = classification_plots(np.array([True, False, True]), np.full(3, 0.5))
    assert plots["roc"] == {"false_positive_rate": [0.0, 1.0], "true_positive_rate": [0.0, 1.0]}
    assert plots["precision_recall"]["precision"] == [pytest.approx(2 / 3)]
    assert plots["calibration"] == [{"predicted": 0.5, "observed": pytest.approx(2 / 3), "rows": 3}]


def test_the_lift_of_a_perfect_order_is_the_inverse_of_the_share():
    truth = np.arange(100) < 10
    plots = classification_plots(truth, truth.astype(float))
    assert [round(each["lift"], 6) for each in plots["lift"][:2]] == [10.0, 5.0]
    assert plots["lift"][-1] == {"rows": 1.0, "lift": 1.0}


def test_the_column_that_the_model_uses_is_the_important_one(rng):
    rows = table(rng)
    truth = rows["size"].to_numpy()
    found = permutation_importance(
        rows, truth, error=lambda some, known: float(np.abs(known - some["size"].to_numpy()).mean())
    )
    assert list(found)[0] == "size"
    assert found["size"] > 0.5
    assert (found["day"], found["kind"]) == (0.0, 0.0)


def test_groups_are_the_most_frequent_values_of_text(rng):
    rows = table(rng)
    found = errors_by_group(rows, np.ones(ROWS))
    assert list(found) == ["kind"]
    assert len(found["kind"]) == MOST_GROUPS
    assert {(len(each["value"]), each["error"]) for each in found["kind"]} == {
        (MOST_CHARACTERS, 1.0)
    }


def test_a_column_with_nulls_and_one_of_truth_have_groups():
    rows = pa.table({"a": ["x", None, "y"] * 30, "b": [True, False, None] * 30})
    found = errors_by_group(rows, np.arange(90.0))
    assert {name: [each["value"] for each in groups] for name, groups in found.items()} == {
        "a": ["x", None, "y"],
        "b": ["True", "False", None],
    }
    missing = found["a"][1]
    assert (missing["rows"], missing["error"]) == (30, float(np.arange(1, 90, 3).mean()))


def test_errors_over_time_are_those_of_equal_periods(rng):
    found = errors_over_time(table(rng), np.full(ROWS, 2.0))
    assert found["column"] == "day"
    assert len(found["periods"]) == MOST_PERIODS
    assert found["periods"][0]["from"] == "2008-01-01"
    assert sum(each["rows"] for each in found["periods"]) == ROWS
    assert {each["error"] for each in found["periods"]} == {2.0}


def test_rows_without_dates_have_no_periods():
    assert errors_over_time(pa.table({"a": [1.0]}), np.ones(1)) is None
    empty = pa.table({"day": pa.array([None], pa.date32())})
    assert errors_over_time(empty, np.ones(1)) is None


@pytest.mark.parametrize("positive", [None, "yes"])
def test_the_size_does_not_depend_on_the_number_of_rows(rng, positive):
    sizes = []
    for count in (2_000, 20_000):
        rows = table(rng, count)
        truth = rows["size"].to_numpy() > 0 if positive else rows["size"].to_numpy()
        plots = evaluation_plots(
            Dataset(SCHEMA, "size", positive=positive),
            rows,
            truth,
            predict=lambda some: 1 / (1 + np.exp(-some["size"].to_numpy())),
        )
        assert plots["error"] == ("log_loss" if positive else "mae")
        sizes.append(len(json.dumps(plots, allow_nan=False)))
    assert max(sizes) < 30_000
