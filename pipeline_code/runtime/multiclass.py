"""Quality of a classifier of several classes and of the best constant prediction."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from pipeline_code.runtime.bootstrap import with_deviations
from pipeline_code.runtime.classification import SMALLEST_PROBABILITY
from pipeline_code.runtime.job_errors import DataError
from pipeline_code.runtime.metric_names import CONSTANT

# The number of the class of each row.
Classes = npt.NDArray[np.int64]
Numbers = npt.NDArray[np.float64]
TOLERANCE = 1e-6


def multiclass_report(
    truth: Classes, probability: Numbers, *, classes: Sequence[str], seed: int = 0
) -> dict[str, Any]:
    """The document evaluation.json for the probability of each class, of shape (rows, classes).

    Shape: AWS page "Model quality metrics", multiclass_classification_metrics.<name>.{value,
    standard_deviation} with accuracy, weighted_precision, weighted_recall, weighted_f1 and, added
    by this project, macro_f1 (the mean of the f1 of the classes), log_loss (in nats) and
    error_ratio: the share of wrong answers divided by that of always answering the most frequent
    class. Names with the suffix `_best_constant_classifier` are the metrics of predicting the
    shares of the classes for every row. `confusion_matrix` counts rows by class, then by answer.
    Standard deviations are over 200 bootstrap resamples of the rows. Raises DataError if all rows
    are of one class, or if the probabilities of a row are not those of the classes.
    """
    if len(np.unique(truth)) < 2:
        raise DataError(
            f"the test side has {len(truth)} rows of one class: at least two classes needed; check "
            "the data that the job reads"
        )
    _require_probabilities(probability, len(classes))
    shares = np.bincount(truth, minlength=len(classes)) / len(truth)

    def measure(truth: Classes, probability: Numbers) -> dict[str, float]:
        own = multiclass_metrics(truth, probability)
        constant = multiclass_metrics(truth, np.tile(shares, (len(truth), 1)))
        most_frequent = np.bincount(truth).max() / len(truth)
        return (
            own
            | {"error_ratio": (1 - own["accuracy"]) / (1 - most_frequent)}
            | {f"{name}{CONSTANT}": value for name, value in constant.items()}
        )

    counts = confusion(truth, probability).tolist()
    named = {
        name: dict(zip(classes, row, strict=True))
        for name, row in zip(classes, counts, strict=True)
    }
    return {
        "version": 0.0,
        "dataset": {"item_count": len(truth)},
        "multiclass_classification_metrics": {
            "confusion_matrix": named,
            **with_deviations(truth, probability, measure, seed=seed),
        },
    }


def multiclass_metrics(truth: Classes, probability: Numbers) -> dict[str, float]:
    """Return name -> value; precision, recall and f1 are 0.0 instead of a division by zero.

    The answer is the most probable class. `macro_f1` ignores classes without a row and an answer.
    """
    counts = confusion(truth, probability)
    hits, rows, answers = np.diag(counts), counts.sum(axis=1), counts.sum(axis=0)
    precision, recall = _ratios(hits, answers), _ratios(hits, rows)
    f1 = _ratios(2 * hits, rows + answers)
    share = rows / len(truth)
    return {
        "accuracy": float(hits.sum() / len(truth)),
        "macro_f1": float(f1[rows + answers > 0].mean()),
        "weighted_precision": float(share @ precision),
        "weighted_recall": float(share @ recall),
        "weighted_f1": float(share @ f1),
        "log_loss": float(multiclass_log_losses(truth, probability).mean()),
    }


def multiclass_log_losses(truth: Classes, probability: Numbers) -> Numbers:
    """The log loss of each row, in nats."""
    right = probability[np.arange(len(truth)), truth]
    return np.asarray(-np.log(np.maximum(right, SMALLEST_PROBABILITY)), dtype=np.float64)


def confusion(truth: Classes, probability: Numbers) -> npt.NDArray[np.int64]:
    """The number of rows by class and answer, of shape (classes, classes)."""
    size = probability.shape[1]
    places = truth * size + probability.argmax(axis=1)
    return np.bincount(places, minlength=size * size).reshape(size, size)


def _ratios(part: npt.NDArray[np.int64], whole: npt.NDArray[np.int64]) -> Numbers:
    return np.asarray(part / np.maximum(whole, 1), dtype=np.float64)


def _require_probabilities(probability: Numbers, classes: int) -> None:
    shaped = probability.ndim == 2 and probability.shape[1] == classes
    allowed = shaped and bool(np.all(probability >= 0))
    if not allowed or np.abs(probability.sum(axis=1) - 1).max() > TOLERANCE:
        raise DataError(
            f"predictions of shape {probability.shape}: must be {classes} probabilities for each "
            "row, which add up to 1; check predict_fn"
        )
