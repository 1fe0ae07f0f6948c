"""Model quality: metrics and violations, compared with the examples of AWS and scikit-learn."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pytest
from sklearn import metrics

from local_cloud.sagemaker.containers.model_monitor_analyzer.analysis_error import UserError
from local_cloud.sagemaker.containers.model_monitor_analyzer.model_quality import (
    quality_constraints,
    quality_statistics,
    quality_violations,
)
from local_cloud.sagemaker.containers.model_monitor_analyzer.quality_columns import (
    QualityRows,
    read_rows,
)


def rows(truth, predicted, probability=None):
    return QualityRows(np.array(truth), np.array(predicted), probability)


def values(section):
    return {name: each["value"] for name, each in section.items() if "value" in each}


def test_the_example_of_the_page_is_computed():
    """https://docs.aws.amazon.com/sagemaker/latest/dg/model-monitor-model-quality-metrics.html"""
    found = quality_statistics(
        "BinaryClassification", rows(["0", "0", "0", "1"], ["0", "1", "1", "1"])
    )["binary_classification_metrics"]
    assert found["confusion_matrix"] == {"0": {"0": 1, "1": 2}, "1": {"0": 0, "1": 1}}
    assert values(found) == pytest.approx(
        {
            "recall": 1.0,
            "precision": 1 / 3,
            "accuracy": 0.5,
            "recall_best_constant_classifier": 1.0,
            "precision_best_constant_classifier": 0.25,
            "accuracy_best_constant_classifier": 0.25,
            "true_positive_rate": 1.0,
            "true_negative_rate": 1 / 3,
            "false_positive_rate": 2 / 3,
            "false_negative_rate": 0.0,
            "f0_5": 0.3846153846153846,
            "f1": 0.5,
            "f2": 0.7142857142857143,
            "f0_5_best_constant_classifier": 0.29411764705882354,
            "f1_best_constant_classifier": 0.4,
            "f2_best_constant_classifier": 0.625,
        }
    )
    assert found["recall"]["standard_deviation"] == "NaN"


def test_the_example_of_several_classes_is_computed():
    truth = ["0"] * 1690 + ["1"] * 406
    predicted = ["0"] * 1180 + ["1"] * 510 + ["0"] * 268 + ["1"] * 138
    found = quality_statistics("MulticlassClassification", rows(truth, predicted))
    section = found["multiclass_classification_metrics"]
    assert values(section) == pytest.approx(
        {
            "accuracy": 0.6288167938931297,
            "weighted_recall": 0.6288167938931297,
            "weighted_precision": 0.6983172269629505,
            "weighted_f0_5": 0.6803947317178771,
            "weighted_f1": 0.6571162346664904,
            "weighted_f2": 0.6384024354394601,
            "accuracy_best_constant_classifier": 0.19370229007633588,
            "weighted_recall_best_constant_classifier": 0.19370229007633588,
            "weighted_precision_best_constant_classifier": 0.03752057718081697,
            "weighted_f0_5_best_constant_classifier": 0.04473443104152011,
            "weighted_f1_best_constant_classifier": 0.06286421244683643,
            "weighted_f2_best_constant_classifier": 0.10570313141262414,
        }
    )
    assert 0 < section["accuracy"]["standard_deviation"] < 0.02


def test_the_curves_are_those_of_scikit_learn():
    rng = np.random.default_rng(0)
    probability = rng.random(300).round(2)
    truth = np.where(rng.random(300) < probability, "yes", "no")
    found = quality_statistics(
        "BinaryClassification", QualityRows(truth, None, probability, threshold=0.7)
    )["binary_classification_metrics"]
    positive = truth == "yes"
    assert found["auc"]["value"] == pytest.approx(metrics.roc_auc_score(positive, probability))
    assert found["recall"]["value"] == pytest.approx(
        metrics.recall_score(positive, probability > 0.7)
    )
    curve = found["receiver_operating_characteristic_curve"]
    false, true, _ = metrics.roc_curve(positive, probability, drop_intermediate=False)
    assert curve["false_positive_rates"] == pytest.approx(false.tolist())
    assert curve["true_positive_rates"] == pytest.approx(true.tolist())


def test_a_regression_has_errors_that_may_not_rise():
    truth, predicted = ["1", "2", "3"], ["1", "2", "5"]
    statistics = quality_statistics("Regression", rows(truth, predicted))
    found = values(statistics["regression_metrics"])
    assert found == pytest.approx(
        {
            "mae": 2 / 3,
            "mse": 4 / 3,
            "rmse": np.sqrt(4 / 3),
            "r2": metrics.r2_score([1, 2, 3], [1, 2, 5]),
        }
    )
    constraints = quality_constraints("Regression", statistics)
    assert constraints["regression_constraints"]["mae"] == {
        "threshold": found["mae"],
        "comparison_operator": "GreaterThanThreshold",
    }
    assert list(quality_violations("Regression", statistics, constraints)) == []
    worse = quality_statistics("Regression", rows(truth, ["1", "2", "6"]))
    violations = {
        each["metric_name"]: each for each in quality_violations("Regression", worse, constraints)
    }
    assert set(violations) == {"mae", "mse", "rmse", "r2"}
    assert violations["mae"] == {
        "metric_name": "mae",
        "constraint_check_type": "GreaterThanThreshold",
        "description": f"Metric mae with 1.0 +/- NaN was GreaterThanThreshold '{2 / 3}'",
    }


@pytest.mark.parametrize(
    ("variables", "message"),
    [
        ({}, "ground_truth_attribute is missing"),
        ({"ground_truth_attribute": "price"}, "price: the dataset has the columns label, score"),
        ({"ground_truth_attribute": "0"}, "one of inference_attribute and probability_attribute"),
        ({"ground_truth_attribute": "0", "probability_attribute": "0"}, "is not a number"),
        ({"ground_truth_attribute": "1"}, "1 rows have no value"),
    ],
)
def test_invalid_columns_are_refused_by_name(variables, message):
    table = pa.table({"label": ["a", "b"], "score": ["0.5", None]})
    with pytest.raises(UserError, match=message):
        read_rows(table, variables)


def test_another_problem_type_is_refused():
    statistics = quality_statistics("Regression", rows(["1", "2"], ["1", "2"]))
    with pytest.raises(UserError, match="no binary_classification_constraints"):
        list(
            quality_violations(
                "BinaryClassification",
                {"binary_classification_metrics": {}},
                quality_constraints("Regression", statistics),
            )
        )
    with pytest.raises(UserError, match="problem_type Clustering: expected Regression"):
        quality_statistics("Clustering", rows(["1"], ["1"]))
