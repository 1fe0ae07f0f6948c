"""The prediction of the probability that a row is of the positive class."""

from collections.abc import Iterator
from typing import Any

import numpy as np

from pipeline_code.runtime.classification import (
    Truth,
    binary_classification_report,
    classification_metrics,
    log_losses,
    require_both_classes,
)
from pipeline_code.runtime.dataset import Dataset
from pipeline_code.runtime.metric_names import BINARY
from pipeline_code.runtime.problem import Labels, Numbers, Problem

POINTS, TENTHS = 101, 10


def classification_plots(truth: Truth, probability: Numbers) -> dict[str, Any]:
    """ROC and precision-recall curves, calibration and lift; shapes (rows,).

    Both kinds of rows are present. Curves have one point for each different probability, or
    fewer: those at equal steps of the sorted rows.
    """
    order = np.argsort(-probability, kind="stable")
    hits = np.cumsum(truth[order])
    last = np.append(np.flatnonzero(np.diff(probability[order])), len(order) - 1)
    chosen = last[np.unique(np.linspace(0, len(last) - 1, POINTS - 1).round().astype(int))]
    answered, found = chosen + 1, hits[chosen]
    recall = found / hits[-1]
    return {
        "roc": {
            "false_positive_rate": [0.0, *((answered - found) / (~truth).sum()).tolist()],
            "true_positive_rate": [0.0, *recall.tolist()],
        },
        "precision_recall": {
            "recall": recall.tolist(),
            "precision": (found / answered).tolist(),
            "share": float(truth.mean()),
        },
        "calibration": list(_calibration(truth, probability)),
        "lift": list(_lift(truth[order])),
    }


def _calibration(truth: Truth, probability: Numbers) -> Iterator[dict[str, Any]]:
    """The mean prediction and the share of true rows, by tenths of the probability."""
    tenth = np.minimum((probability * TENTHS).astype(int), TENTHS - 1)
    for each in np.unique(tenth):
        rows = tenth == each
        yield {
            "predicted": float(probability[rows].mean()),
            "observed": float(truth[rows].mean()),
            "rows": int(rows.sum()),
        }


def _lift(sorted_truth: Truth) -> Iterator[dict[str, float]]:
    """The share of true rows among the first rows, divided by their share among all rows."""
    share = sorted_truth.mean()
    for each in range(1, TENTHS + 1):
        first = max(1, round(len(sorted_truth) * each / TENTHS))
        yield {"rows": each / TENTHS, "lift": float(sorted_truth[:first].mean() / share)}


def _check_training(dataset: Dataset, labels: Labels) -> None:
    require_both_classes(labels, what="the training side", positive=str(dataset.positive))


PROBLEM = Problem(
    names=BINARY,
    fits=lambda dataset: dataset.positive is not None,
    check_training=_check_training,
    report=lambda dataset, labels, predicted, facts: binary_classification_report(
        labels, predicted
    ),
    metrics=classification_metrics,
    row_errors=log_losses,
    error="log_loss",
    plots=lambda dataset, labels, predicted: classification_plots(labels, predicted),
    of_record=lambda dataset, record: float(record[0]),
    of_object=lambda dataset, row: float(row["probability"]),
)
