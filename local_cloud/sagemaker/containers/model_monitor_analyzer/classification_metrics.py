"""The metrics of model quality for classes.

Source: https://docs.aws.amazon.com/sagemaker/latest/dg/model-monitor-model-quality-metrics.html
The page does not define the "best constant classifier". In both of its examples it always predicts
the last label, so it does here.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from .analysis_error import UserError
from .quality_columns import Numbers, QualityRows, Texts

Counts = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]
_BETAS = {"f0_5": 0.5, "f1": 1.0, "f2": 2.0}
_CONSTANT = "_best_constant_classifier"


def binary_metrics(rows: QualityRows) -> dict[str, Any]:
    """Return the metrics of two classes; the last label in alphabetical order is the positive."""
    labels = _labels(rows)
    if len(labels) != 2:
        raise UserError(f"BinaryClassification with the labels {labels}: expected two labels")
    counts = _counts(rows.truth, _predicted(rows, labels), labels)
    (tn, fp), (fn, tp) = counts.tolist()
    return {
        "confusion_matrix": _matrix(counts, labels),
        **_of_positives(counts, ""),
        "true_positive_rate": _ratio(tp, tp + fn),
        "true_negative_rate": _ratio(tn, tn + fp),
        "false_positive_rate": _ratio(fp, tn + fp),
        "false_negative_rate": _ratio(fn, tp + fn),
        **_curves(rows.truth == labels[-1], rows.probability),
        **_of_positives(_constant(counts), _CONSTANT),
    }


def multiclass_metrics(rows: QualityRows) -> dict[str, Any]:
    """Return the metrics of several classes, weighted by the rows of each class."""
    labels = _labels(rows)
    counts = _counts(rows.truth, _predicted(rows, labels), labels)
    return {
        "confusion_matrix": _matrix(counts, labels),
        **_weighted(counts, ""),
        **_weighted(_constant(counts), _CONSTANT),
    }


def _of_positives(counts: Counts, suffix: str) -> dict[str, float]:
    (_, fp), (fn, tp) = counts.tolist()
    recall, precision = _ratio(tp, tp + fn), _ratio(tp, tp + fp)
    return {
        f"recall{suffix}": recall,
        f"precision{suffix}": precision,
        f"accuracy{suffix}": _accuracy(counts),
        **{f"{name}{suffix}": _f(precision, recall, beta) for name, beta in _BETAS.items()},
    }


def _weighted(counts: Counts, suffix: str) -> dict[str, float]:
    rows, predicted, right = counts.sum(axis=1), counts.sum(axis=0), np.diag(counts)
    recalls = [_ratio(*pair) for pair in zip(right, rows, strict=True)]
    precisions = [_ratio(*pair) for pair in zip(right, predicted, strict=True)]

    def mean(values: list[float]) -> float:
        return float(np.average(values, weights=rows))

    return {
        f"accuracy{suffix}": _accuracy(counts),
        f"weighted_recall{suffix}": mean(recalls),
        f"weighted_precision{suffix}": mean(precisions),
        **{
            f"weighted_{name}{suffix}": mean(
                [_f(*pair, beta) for pair in zip(precisions, recalls, strict=True)]
            )
            for name, beta in _BETAS.items()
        },
    }


def _labels(rows: QualityRows) -> list[str]:
    given = rows.truth if rows.predicted is None else np.concatenate([rows.truth, rows.predicted])
    return sorted(set(given.tolist()))


def _predicted(rows: QualityRows, labels: list[str]) -> Texts:
    if rows.predicted is not None:
        return rows.predicted
    if rows.probability is None or len(labels) != 2:
        raise UserError("without an inference_attribute, two labels and a probability are needed")
    return np.where(rows.probability > rows.threshold, labels[1], labels[0])


def _counts(truth: Texts, predicted: Texts, labels: list[str]) -> Counts:
    """Return the rows of each label (first axis) and predicted label (second axis)."""
    size = len(labels)
    cells = np.searchsorted(labels, truth) * size + np.searchsorted(labels, predicted)
    return np.bincount(cells, minlength=size * size).reshape(size, size)


def _constant(counts: Counts) -> Counts:
    found = np.zeros_like(counts)
    found[:, -1] = counts.sum(axis=1)
    return found


def _matrix(counts: Counts, labels: list[str]) -> dict[str, dict[str, int]]:
    rows = zip(labels, counts.tolist(), strict=True)
    return {label: dict(zip(labels, row, strict=True)) for label, row in rows}


def _curves(positive: Flags, probability: Numbers | None) -> dict[str, Any]:
    """Return the curves and the area of the probabilities; nothing without probabilities."""
    if probability is None or positive.all() or not positive.any():
        return {}
    order = np.argsort(-probability, kind="stable")
    ends = np.append(np.flatnonzero(np.diff(probability[order])), len(order) - 1)
    tp = np.append(0, np.cumsum(positive[order])[ends])
    fp = np.append(0, ends + 1) - tp
    recalls, false_rates = tp / tp[-1], fp / fp[-1]
    precisions = np.append(1.0, tp[1:] / (tp + fp)[1:])
    return {
        "receiver_operating_characteristic_curve": {
            "false_positive_rates": false_rates.tolist(),
            "true_positive_rates": recalls.tolist(),
        },
        "precision_recall_curve": {
            "precisions": precisions.tolist(),
            "recalls": recalls.tolist(),
        },
        "auc": float(np.sum(np.diff(false_rates) * (recalls[1:] + recalls[:-1]) / 2)),
    }


def _accuracy(counts: Counts) -> float:
    return _ratio(int(np.trace(counts)), int(counts.sum()))


def _f(precision: float, recall: float, beta: float) -> float:
    square = beta**2
    return _ratio((1 + square) * precision * recall, square * precision + recall)


def _ratio(part: float, whole: float) -> float:
    return float(part / whole) if whole else 0.0
