"""A path that no report has is found when the definition is compiled."""

from __future__ import annotations

import re

import numpy as np
import pytest

from pipeline_code.compiler.evaluation_paths import COMMON, METRICS, OPEN, wrong_paths
from pipeline_code.runtime.champion import comparison
from pipeline_code.runtime.classification import binary_classification_report
from pipeline_code.runtime.multiclass import multiclass_report
from pipeline_code.runtime.multioutput import multioutput_report
from pipeline_code.runtime.regression import regression_report

EVALUATE = "from pipeline_code.runtime.evaluation import evaluate\n"
TRUTH, PREDICTED = np.array([0.0, 1.0, 0.0, 1.0]), np.array([0.1, 0.9, 0.2, 0.8])
REPORTS = {
    "regression_metrics": lambda: regression_report(TRUTH, PREDICTED, mean_guess=0.5),
    "binary_classification_metrics": lambda: binary_classification_report(TRUTH == 1, PREDICTED),
    "multiclass_classification_metrics": lambda: multiclass_report(
        TRUTH.astype(int), np.column_stack([1 - PREDICTED, PREDICTED]), classes=("no", "yes")
    ),
    "multioutput_regression_metrics": lambda: multioutput_report(
        *(np.column_stack([each, 2 * each]) for each in (TRUTH, PREDICTED)),
        targets=("one", "two"),
        mean_guess=(0.5, 1.0),
    ),
}


def paths(document, prefix=""):
    """Yield the paths of the values of a document."""
    for name, value in document.items():
        if isinstance(value, dict):
            yield from paths(value, f"{prefix}{name}.")
        else:
            yield f"{prefix}{name}"


@pytest.mark.parametrize("kind", METRICS)
def test_the_declared_paths_are_those_of_the_report(kind):
    found = {each for each in paths(REPORTS[kind]()) if not any(part in each for part in OPEN)}
    declared = {
        f"{kind}.{name}.{member}"
        for name in METRICS[kind]
        for member in ("value", "standard_deviation")
    }
    assert found == declared | {"version", "dataset.item_count"}


def test_the_declared_paths_of_the_comparison_are_those_of_the_report():
    found = comparison("rmse", candidate=1.0, champion=None, measure=lambda archive: {})
    declared = {each.partition(".")[2] for each in COMMON if each.startswith("champion")}
    assert found.keys() - {"champion_metrics"} == declared


@pytest.fixture
def problems(tmp_path):
    """Return a function that checks the metrics of a pipeline's folder."""

    def check(dataset, metric, evaluate=EVALUATE):
        (tmp_path / "features.py").write_text(dataset)
        (tmp_path / "evaluate.py").write_text(evaluate)
        (tmp_path / "pipeline.py").write_text(
            'evaluation = p.evaluation("Evaluate", "evaluate.py", model)\n'
            f"quality = evaluation.{metric} >= limit\n"
        )
        return list(wrong_paths(tmp_path))

    return check


@pytest.mark.parametrize(
    ("dataset", "metric", "message"),
    [
        ("Dataset(S, T)", "regression_metrics.rmse_ratoi.value", "did you mean .*rmse_ratio.value"),
        ("Dataset(S, T)", "binary_classification_metrics.auc.value", "the metrics mae, mse"),
        ("Dataset(S, T, positive=1)", "regression_metrics.rmse.value", "metrics accuracy, prec"),
        ("Dataset(S, targets=T)", "regression_metrics.rmse.value", "r2, relative_mae"),
        ("Dataset(S, T, classes=C)", "multiclass_classification_metrics.auc.value", "macro_f1"),
        ("Dataset(**A)", "regression_metrics.rmse", "did you mean 'regression_metrics.rmse.value'"),
        ("", "champion_comparison.differenc", "did you mean 'champion_comparison.difference'"),
    ],
)
@pytest.mark.parametrize("owner", ["", "report."])
def test_a_path_that_no_report_has_is_named_with_its_line(
    problems, tmp_path, dataset, metric, message, owner
):
    (found,) = problems(dataset, f'{owner}metric("{metric}")')
    assert found.startswith(f"{tmp_path}/pipeline.py, line 2: the metric is '{metric}', which ")
    assert re.search(message, found)


@pytest.mark.parametrize(
    ("dataset", "metric"),
    [
        ("Dataset(S, T, order=O)", '"regression_metrics.rmse_ratio.value"'),
        ("Dataset(**A)", '"binary_classification_metrics.auc.value"'),
        ("Dataset(S, T, None, C)", '"multiclass_classification_metrics.macro_f1.value"'),
        ("", '"champion_comparison.champion_metrics.rmse"'),
        ("Dataset(S, T, classes=C)", '"multiclass_classification_metrics.confusion_matrix.a.b"'),
        ("Dataset(S, T)", "NAME"),
    ],
)
def test_a_path_of_the_report_is_accepted(problems, dataset, metric):
    assert problems(dataset, f"metric({metric})") == []


@pytest.mark.parametrize(
    "evaluate",
    [
        "from pipeline_code.runtime.evaluation import write_evaluation\n",
        f"{EVALUATE}evaluate(container, DATASET, problem=LIFT)\n",
    ],
)
def test_the_paths_of_an_own_report_are_unknown(problems, evaluate):
    assert problems("Dataset(S, T)", 'metric("my_metrics.lift.value")', evaluate) == []
