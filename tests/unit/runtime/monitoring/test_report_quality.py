"""quality.json and bias.json: planted changes of labels breach the gate's limits, chance does not.

Source of names and format: Model Monitor's model quality metrics,
https://docs.aws.amazon.com/sagemaker/latest/dg/model-monitor-model-quality-metrics.html
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from pipeline_code.census.sample_data.people import people
from pipeline_code.census_monitor.monitored import MONITORED as CENSUS
from pipeline_code.runtime.job_errors import SettingError
from pipeline_code.runtime.monitoring.labelled import LabelledRow
from pipeline_code.runtime.monitoring.report_quality import bias_report, metrics_of, quality_report
from stacks.pipeline.quality_limits import limits_of
from tests.definitions import definition
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
    return [LabelledRow(str(y), float(p), {}) for y, p in zip(shown, predicted, strict=True)]


def binary(seed, *, changed):
    """Calibrated probabilities, about 85 % of which are right; of changed labels, a third flips."""
    rng = np.random.default_rng(seed)
    predicted = rng.beta(0.5, 0.5, ROWS)
    truth = rng.random(ROWS) < predicted
    flips = rng.random(ROWS) < (1 / 3 if changed else 0)
    return [
        LabelledRow("b" if y else "a", float(p), {})
        for y, p in zip(truth ^ flips, predicted, strict=True)
    ]


def multiclass(seed, *, changed):
    rng = np.random.default_rng(seed)
    predicted = rng.dirichlet([0.3, 0.3, 0.3], ROWS)
    classes = [rng.choice(3, p=row) for row in predicted]
    shown = rng.permutation(classes) if changed else classes
    return [
        LabelledRow("abc"[y], row.tolist(), {}) for y, row in zip(shown, predicted, strict=True)
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


def labelled_people(table, predicted):
    """Rows of census as requests with labels and predictions."""
    columns = CENSUS.requests.names
    return [
        LabelledRow(row["income"], float(p), {name: str(row[name]) for name in columns})
        for row, p in zip(table.to_pylist(), predicted, strict=True)
    ]


def fair(seed):
    """People, and the probabilities of a model that is right with the labels of fair people."""
    table = people(1_000, seed=seed)
    truth = CENSUS.dataset.labels(table)
    wrong = np.random.default_rng(seed).random(len(truth)) < 0.1
    return table, np.where(truth ^ wrong, 0.9, 0.1)


def increase(table, predicted):
    report = bias_report(CENSUS, labelled_people(table, predicted))
    assert report["outcome"] == "Measured"
    return report


@pytest.mark.slow
def test_an_unfair_model_breaches_the_limit_of_bias_and_chance_does_not():
    limits = limits_of(definition("census", bias="checked"), {})
    (limit,) = [each.threshold for each in limits if each.is_bias]
    for seed in range(10):
        table, predicted = fair(seed)
        assert increase(table, predicted)["bias_increase"]["value"] <= limit
        refusing = np.where(np.asarray(table["sex"]) == "Female", 0.1, predicted)
        assert increase(table, refusing)["bias_increase"]["value"] > limit


def test_the_report_of_bias_has_the_sections_and_the_metric():
    table, predicted = fair(0)
    few, shown = table.slice(0, 400), predicted[:400]
    report = increase(few, shown)
    assert {"pre_training_bias_metrics", "post_training_bias_metrics"} <= set(report)
    (metric,) = metrics_of(report)
    assert (metric["MetricName"], metric["Value"]) == (
        "bias_increase",
        report["bias_increase"]["value"],
    )


def test_requests_without_a_facet_are_a_named_outcome():
    table, predicted = fair(0)
    men = [row for row in labelled_people(table, predicted) if row.row["sex"] == "Male"]
    report = bias_report(CENSUS, men[:300])
    assert (report["outcome"], list(metrics_of(report))) == ("NotMeasurable", [])
    assert "column sex" in report["reason"]


def test_bias_must_be_declared():
    with pytest.raises(SettingError, match=r"monitored\.py declares none: add bias="):
        bias_report(replace(CENSUS, bias=None), [])
