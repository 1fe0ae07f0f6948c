"""The prediction of a number."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from pipeline_code.runtime.dataset import Dataset
from pipeline_code.runtime.metric_names import REGRESSION
from pipeline_code.runtime.problem import Labels, Numbers, Problem
from pipeline_code.runtime.regression import regression_metrics, regression_report

RANGES, CELLS = 30, 24


def absolute_errors(truth: Numbers, predicted: Numbers) -> Numbers:
    """The absolute error of each row."""
    return np.asarray(np.abs(truth - predicted), dtype=np.float64)


def regression_plots(truth: Numbers, predicted: Numbers) -> dict[str, Any]:
    """Predicted against actual values, and residuals (actual − predicted); shapes (rows,)."""
    ends = (min(truth.min(), predicted.min()), max(truth.max(), predicted.max()))
    cells, edges, _ = np.histogram2d(truth, predicted, bins=CELLS, range=(ends, ends))
    counts, residuals = np.histogram(truth - predicted, bins=RANGES)
    found = zip(*np.nonzero(cells), strict=True)
    return {
        "predicted_against_actual": {
            "edges": edges.tolist(),
            "cells": [[int(x), int(y), int(cells[x, y])] for x, y in found],
        },
        "residuals": {"edges": residuals.tolist(), "counts": counts.tolist()},
    }


def _report(
    dataset: Dataset, labels: Labels, predicted: Numbers, facts: Mapping[str, Any]
) -> dict[str, Any]:
    return regression_report(labels, predicted, mean_guess=facts["target_mean"])


PROBLEM = Problem(
    names=REGRESSION,
    fits=lambda dataset: (
        not (dataset.positive is not None or dataset.classes or dataset.has_several_targets)
    ),
    check_training=lambda dataset, labels: None,
    report=_report,
    metrics=regression_metrics,
    row_errors=absolute_errors,
    error="mae",
    plots=lambda dataset, labels, predicted: regression_plots(labels, predicted),
    of_record=lambda dataset, record: float(record[0]),
    of_object=lambda dataset, row: float(row[dataset.target]),
)
