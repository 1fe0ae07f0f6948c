"""Quality of a binary classifier, and of the best constant answer, as SageMaker reports it."""

from typing import Any

import numpy as np
import numpy.typing as npt

from pipeline_code.runtime.job_errors import DataError

Truth = npt.NDArray[np.bool_]
Numbers = npt.NDArray[np.float64]
RESAMPLES = 200
THRESHOLD = 0.5
# A probability of exactly 0 or 1 that is wrong would make log_loss infinite.
SMALLEST_PROBABILITY = 1e-15
CONSTANT = "_best_constant_classifier"


def binary_classification_report(
    truth: Truth, probability: Numbers, *, seed: int = 0
) -> dict[str, Any]:
    """The document evaluation.json for the `probability` that `truth` is true, each of (rows,).

    Shape: AWS page "Model quality metrics", binary_classification_metrics.<name>.{value,
    standard_deviation} with accuracy, precision, recall, f1, auc and, which is ours, log_loss (in
    nats); the same names ending in `_best_constant_classifier` are those of answering every row
    with the share of true rows. `confusion_matrix` counts rows by truth, then by answer, "1" for a
    probability of at least 0.5. Standard deviations are those of the metric over 200 bootstrap
    resamples of the rows. Raises DataError when the truth is the same in all rows, or when a
    probability is none.
    """
    _check(truth, probability)
    share = float(truth.mean())
    rng = np.random.default_rng(seed)
    resampled = [
        _metrics(truth[drawn], probability[drawn], share)
        for drawn in (rng.integers(0, len(truth), len(truth)) for _ in range(RESAMPLES))
        # Few rows may be drawn all of one kind, and then auc has no meaning.
        if 0 < truth[drawn].sum() < len(truth)
    ]
    return {
        "version": 0.0,
        "dataset": {"item_count": len(truth)},
        "binary_classification_metrics": {
            "confusion_matrix": _confusion(truth, probability),
            **{
                name: {
                    "value": value,
                    "standard_deviation": float(np.std([metrics[name] for metrics in resampled])),
                }
                for name, value in _metrics(truth, probability, share).items()
            },
        },
    }


def classification_metrics(truth: Truth, probability: Numbers) -> dict[str, float]:
    """Each metric's value; precision, recall and f1 are 0.0 where they would divide by zero."""
    answer = probability >= THRESHOLD
    hits = int(np.sum(answer & truth))
    answered, positives = int(answer.sum()), int(truth.sum())
    return {
        "accuracy": float(np.mean(answer == truth)),
        "precision": _ratio(hits, answered),
        "recall": _ratio(hits, positives),
        "f1": _ratio(2 * hits, answered + positives),
        "auc": _auc(truth, probability),
        "log_loss": _log_loss(truth, probability),
    }


def _metrics(truth: Truth, probability: Numbers, share: float) -> dict[str, float]:
    constant = classification_metrics(truth, np.full_like(probability, share))
    return classification_metrics(truth, probability) | {
        f"{name}{CONSTANT}": value for name, value in constant.items()
    }


def _check(truth: Truth, probability: Numbers) -> None:
    positives = int(truth.sum())
    if positives in (0, len(truth)):
        raise DataError(
            f"{len(truth)} rows to evaluate, {positives} of them true: at least one of either kind "
            "is needed"
        )
    if not np.all((probability >= 0) & (probability <= 1)):
        raise DataError(
            f"probabilities from {probability.min()} to {probability.max()}: must be in [0, 1]; "
            "check the model's objective"
        )


def _ratio(part: int, whole: int) -> float:
    return part / whole if whole else 0.0


def _auc(truth: Truth, score: Numbers) -> float:
    """The share of pairs of a true and a false row that `score` orders rightly, ties for half."""
    _, place, counts = np.unique(score, return_inverse=True, return_counts=True)
    ranks = np.cumsum(counts) - (counts - 1) / 2
    positives = int(truth.sum())
    above = ranks[place][truth].sum() - positives * (positives + 1) / 2
    return float(above / (positives * (len(truth) - positives)))


def _log_loss(truth: Truth, probability: Numbers) -> float:
    right = np.where(truth, probability, 1 - probability)
    return float(-np.mean(np.log(np.maximum(right, SMALLEST_PROBABILITY))))


def _confusion(truth: Truth, probability: Numbers) -> dict[str, dict[str, int]]:
    answer = probability >= THRESHOLD
    return {
        str(int(true)): {
            str(int(given)): int(np.sum((truth == true) & (answer == given)))
            for given in (False, True)
        }
        for true in (False, True)
    }
