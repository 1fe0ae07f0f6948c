"""The replacement of Clarify's image: groups of values, metrics and drift."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from local_cloud.sagemaker.containers.clarify_processing.bias_analysis import (
    bias_sections_of,
    positive_predictions,
)
from local_cloud.sagemaker.containers.clarify_processing.drift import ndcg, violations_of
from local_cloud.sagemaker.containers.clarify_processing.value_groups import rows_of, shown

DATA = pd.DataFrame(
    {
        "age": [20.0, 30.0, 40.0, 50.0],
        "sex": ["F", "M", "F", "M"],
        "sold": ["no", "yes", "no", "yes"],
    }
)
CONFIG = {
    "label": 2,
    "label_values_or_threshold": ["yes"],
    "facet": [{"name_or_index": "sex"}, {"name_or_index": 0, "value_or_threshold": [25]}],
    "methods": {"pre_training_bias": {"methods": "all"}},
}


@pytest.mark.parametrize(
    ("values", "given", "rows", "text"),
    [
        (DATA["age"], [25], [0, 1, 1, 1], "(25.0, 50.0]"),
        (DATA["sex"], ["F"], [1, 0, 1, 0], "F"),
        (pd.Series([0, 1] * 50), [1], [0, 1] * 50, "1"),
        (pd.Series(range(10)), [7], [0] * 8 + [1] * 2, "(7.0, 9.0]"),
        (pd.Series([True, False]), [True], [1, 0], "True"),
        (pd.Series([1, 2, 3]), ["1", "2"], [1, 1, 0], "1,2"),
    ],
)
def test_values_and_thresholds_are_those_of_smclarify(values, given, rows, text):
    assert rows_of(values, given).astype(int).tolist() == rows
    assert shown(values, given) == text


def test_a_facet_without_values_has_one_entry_for_each():
    section = bias_sections_of(CONFIG, DATA, None)["pre_training_bias_metrics"]
    assert section["label_value_or_threshold"] == "yes"
    assert [entry["value_or_threshold"] for entry in section["facets"]["sex"]] == ["F", "M"]
    (adults,) = section["facets"]["age"]
    assert adults["value_or_threshold"] == "(25.0, 50.0]"
    metrics = {each["name"]: each for each in adults["metrics"]}
    assert metrics["CI"]["value"] == pytest.approx(-0.5)
    assert metrics["DPL"]["value"] == pytest.approx(-2 / 3)
    assert metrics["CDDL"]["error"] == "there is no group_variable"


def test_the_flip_test_needs_numbers():
    config = CONFIG | {"methods": {"post_training_bias": {"methods": ["FT", "DPPL"]}}}
    predicted = np.array([False, True, False, True])
    section = bias_sections_of(config, DATA, predicted)["post_training_bias_metrics"]
    (adults,), (women, _men) = section["facets"]["age"], section["facets"]["sex"]
    assert "not numeric" in adults["metrics"][1]["error"]  # the column sex is a text
    assert isinstance(women["metrics"][1]["value"], float)


@pytest.mark.parametrize(
    ("predictor", "threshold", "fields", "expected"),
    [
        ({}, None, [["0.4"], ["0.6"], ["0.5"], ["1"]], [False, True, False, True]),
        ({"probability": 1}, 0.7, [["x", "0.8"]] * 4, [True] * 4),
        ({"label": 0}, None, [["yes"], ["no"], ["yes"], ["no"]], [True, False, True, False]),
    ],
)
def test_predicted_labels_come_from_scores_or_labels(predictor, threshold, fields, expected):
    config = CONFIG | {"predictor": predictor, "probability_threshold": threshold}
    assert positive_predictions(config, DATA, fields).tolist() == expected


def test_another_order_of_importance_is_drift():
    """https://docs.aws.amazon.com/sagemaker/latest/dg/clarify-model-monitor-feature-attribution-drift.html"""

    def report(**importance):
        return {"explanations": {"kernel_shap": {"label0": {"global_shap_values": importance}}}}

    baseline = report(age=0.7, sex=0.2, size=0.1)
    assert violations_of(report(age=0.5, sex=0.3, size=0.2), baseline) == []
    (violation,) = violations_of(report(age=0.1, sex=0.2, size=0.7), baseline)
    score = ndcg({"age": 0.1, "sex": 0.2, "size": 0.7}, {"age": 0.7, "sex": 0.2, "size": 0.1})
    assert violation == {
        "label": "label0",
        "metric_name": "shap",
        "constraint_check_type": "feature_attribution_drift_check",
        "description": f"Feature attribution drift {score} exceeds threshold 0.9",
    }
