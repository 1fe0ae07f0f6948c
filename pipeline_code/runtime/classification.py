"""Quality of a binary classifier and of the best constant prediction, in SageMaker's format."""

from typing import Any

import numpy as np
import numpy.typing as npt

from pipeline_code.runtime.bootstrap import with_deviations
from pipeline_code.runtime.job_errors import DataError
from pipeline_code.runtime.metric_names import CONSTANT

Truth = npt.NDArray[np.bool_]
Numbers = npt.NDArray[np.float64]
THRESHOLD = 0.5
# A wrong probability of exactly 0 or 1 would make log_loss infinite.
SMALLEST_PROBABILITY = 1e-15


def binary_classification_report(
    truth: Truth, probability: Numbers, *, seed: int = 0
) -> dict[str, Any]:
    """The document evaluation.json for the `probability` that `truth` is true, each of (rows,).

    Shape: AWS page "Model quality metrics", binary_classification_metrics.<name>.{value,
    standard_deviation} with accuracy, precision, recall, f1, auc and, added by this project,
    log_loss (in nats). Names with the suffix `_best_constant_classifier` are the metrics of
    predicting the share of true rows for every row. `confusion_matrix` counts rows by truth, then
    by prediction ("1" for a probability of at least 0.5). Standard deviations are over 200
    bootstrap resamples of the rows. Raises DataError if the truth is the same in all rows, or if a
    value is not a probability.
    """
    require_both_classes(truth, what="the test side", positive="true")
    _require_probabilities(probability)
    share = float(truth.mean())

    def measure(truth: Truth, probability: Numbers) -> dict[str, float]:
        constant = classification_metrics(truth, np.full_like(probability, share))
        return classification_metrics(truth, probability) | {
            f"{name}{CONSTANT}": value for name, value in constant.items()
        }

    return {
        "version": 0.0,
        "dataset": {"item_count": len(truth)},
        "binary_classification_metrics": {
            "confusion_matrix": _confusion(truth, probability),
            **with_deviations(truth, probability, measure, seed=seed),
        },
    }


def require_both_classes(truth: Truth, *, what: str, positive: str) -> None:
    """Raise DataError if no row or every row is `positive`; the message starts with `what`."""
    require_both(int(truth.sum()), len(truth), what=what, positive=positive)


def require_both(positives: int, rows: int, *, what: str, positive: str) -> None:
    """Raise DataError if none or all of the rows are `positive`, like `require_both_classes`."""
    if positives in (0, rows):
        raise DataError(
            f"{what} has {rows} rows, {positives} of them {positive}: at least one of either "
            "kind is needed; check the data that the job reads"
        )


def classification_metrics(truth: Truth, probability: Numbers) -> dict[str, float]:
    """Return name -> value; precision, recall and f1 are 0.0 instead of a division by zero."""
    answer = probability >= THRESHOLD
    hits = int(np.sum(answer & truth))
    answered, positives = int(answer.sum()), int(truth.sum())
    return {
        "accuracy": float(np.mean(answer == truth)),
        "precision": _ratio(hits, answered),
        "recall": _ratio(hits, positives),
        "f1": _ratio(2 * hits, answered + positives),
        "auc": _auc(truth, probability),
        "log_loss": float(log_losses(truth, probability).mean()),
    }


def _require_probabilities(probability: Numbers) -> None:
    if not np.all((probability >= 0) & (probability <= 1)):
        raise DataError(
            f"probabilities from {probability.min()} to {probability.max()}: must be in [0, 1]; "
            "check the model's objective"
        )


def _ratio(part: int, whole: int) -> float:
    return part / whole if whole else 0.0


def _auc(truth: Truth, score: Numbers) -> float:
    """The share of pairs of a true and a false row in the correct order; a tie counts as half."""
    _, place, counts = np.unique(score, return_inverse=True, return_counts=True)
    ranks = np.cumsum(counts) - (counts - 1) / 2
    positives = int(truth.sum())
    above = ranks[place][truth].sum() - positives * (positives + 1) / 2
    return float(above / (positives * (len(truth) - positives)))


def log_losses(truth: Truth, probability: Numbers) -> Numbers:
    """The log loss of each row, in nats."""
    right = np.where(truth, probability, 1 - probability)
    return np.asarray(-np.log(np.maximum(right, SMALLEST_PROBABILITY)), dtype=np.float64)


def _confusion(truth: Truth, probability: Numbers) -> dict[str, dict[str, int]]:
    answer = probability >= THRESHOLD
    return {
        str(int(true)): {
            str(int(given)): int(np.sum((truth == true) & (answer == given)))
            for given in (False, True)
        }
        for true in (False, True)
    }
