"""quality.json: planted changes of labels breach the limit of the gate, chance does not.

Source of names and format: Model Monitor's model quality metrics,
https://docs.aws.amazon.com/sagemaker/latest/dg/model-monitor-model-quality-metrics.html
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from pipeline_code.runtime.monitoring.labelled import LabelledRow
from pipeline_code.runtime.monitoring.report_quality import metrics_of, quality_report
from tests.unit.runtime.monitoring.test_answers import BINARY, CLASSES, NUMBER

COLLECTION = {
    "quality_window": {"begin": "2026-11-29T12:00:00+00:00", "end": "2026-11-30T12:00:00+00:00"},
    "model_package_arn": "arn",
    "labels": {"joined": 200},
    "facts": {},
}
ROWS = 200


def regression(seed, *, changed):
    """Predictions with an error of half of the spread; changed labels are those of other rows."""
    rng = np.random.default_rng(seed)
    truth = rng.normal(100, 20, ROWS)
    predicted = truth + rng.normal(0, 10, ROWS)
    shown = rng.permutation(truth) if changed else truth
    return [LabelledRow(float(p), {}, str(y)) for y, p in zip(shown, predicted, strict=True)]


def binary(seed, *, changed):
    """Calibrated probabilities, about 85 % of which are right; of changed labels, a third flips."""
    rng = np.random.default_rng(seed)
    predicted = rng.beta(0.5, 0.5, ROWS)
    truth = rng.random(ROWS) < predicted
    flips = rng.random(ROWS) < (1 / 3 if changed else 0)
    return [
        LabelledRow(float(p), {}, "b" if y else "a")
        for y, p in zip(truth ^ flips, predicted, strict=True)
    ]


def multiclass(seed, *, changed):
    rng = np.random.default_rng(seed)
    predicted = rng.dirichlet([0.3, 0.3, 0.3], ROWS)
    classes = [rng.choice(3, p=row) for row in predicted]
    shown = rng.permutation(classes) if changed else classes
    return [
        LabelledRow(row.tolist(), {}, "abc"[y]) for y, row in zip(shown, predicted, strict=True)
    ]


KINDS = {
    "regression": (NUMBER, regression, "regression_metrics", "rmse_ratio", 0.9),
    "binary": (BINARY, binary, "binary_classification_metrics", "auc", -0.75),
    "multiclass": (CLASSES, multiclass, "multiclass_classification_metrics", "error_ratio", 0.9),
}


@pytest.fixture(autouse=True)
def pipeline(monkeypatch):
    monkeypatch.setenv("PIPELINE", "redline-test-served")


@pytest.mark.slow
@pytest.mark.parametrize("kind", KINDS)
def test_planted_changes_of_labels_breach_the_limit_and_chance_does_not(kind):
    dataset, rows, member, name, limit = KINDS[kind]

    def measured(seed, *, changed):
        report = quality_report(dataset, rows(seed, changed=changed), COLLECTION)
        assert report["outcome"] == "Measured"
        return report[member][name]["value"]

    def breaches(value):
        return value > limit if limit > 0 else value < -limit

    assert [seed for seed in range(10) if breaches(measured(seed, changed=False))] == []
    assert [seed for seed in range(10) if not breaches(measured(seed, changed=True))] == []


def test_the_document_has_the_format_of_statistics():
    report = quality_report(NUMBER, regression(0, changed=False), COLLECTION)
    assert report["dataset"] == {
        "item_count": ROWS,
        "start_time": "2026-11-29T12:00:00+00:00",
        "end_time": "2026-11-30T12:00:00+00:00",
    }
    assert {"mae", "mse", "rmse", "r2"} <= set(report["regression_metrics"])
    assert set(report["regression_metrics"]["rmse"]) == {"value", "standard_deviation"}


def test_every_metric_has_the_pipeline_as_its_dimension():
    report = quality_report(BINARY, binary(0, changed=False), COLLECTION)
    metrics = {each["MetricName"]: each for each in metrics_of(report)}
    assert {"accuracy", "precision", "recall", "f1", "auc"} <= set(metrics)
    assert metrics["auc"]["Dimensions"] == [{"Name": "Pipeline", "Value": "redline-test-served"}]
    assert metrics["auc"]["Value"] == report["binary_classification_metrics"]["auc"]["value"]


def test_labels_of_one_class_are_a_named_outcome_without_metrics():
    rows = [replace(row, label="b") for row in binary(0, changed=False)]
    report = quality_report(BINARY, rows, COLLECTION)
    assert report["outcome"] == "NotMeasurable"
    assert "at least one of either kind is needed" in report["reason"]
    assert list(metrics_of(report)) == []
