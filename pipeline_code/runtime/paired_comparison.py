"""Compares the predictions of two classifiers for the same rows, row by row."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt

from pipeline_code.runtime.classification import log_losses

Numbers = npt.NDArray[np.float64]
# The 97.5 % quantile of the normal distribution: the interval contains 95 %.
_QUANTILE = 1.959964


def paired_comparison(
    labels: npt.NDArray[np.bool_], candidate: Numbers, default: Numbers
) -> Mapping[str, Any]:
    """Return the candidate's mean differences of accuracy and log loss, with 95 % intervals.

    The difference is taken for each row, so the variation between rows cancels. An interval that
    contains 0 means that the rows show no difference. `candidate` and `default` are probabilities.
    """
    accuracy = _is_right(labels, candidate) - _is_right(labels, default)
    log_loss = log_losses(labels, candidate) - log_losses(labels, default)
    return {
        "accuracy_difference_from_default": _summary(accuracy),
        "log_loss_difference_from_default": _summary(log_loss),
    }


def _summary(differences: Numbers) -> dict[str, Any]:
    value = float(differences.mean())
    error = float(differences.std(ddof=1) / np.sqrt(len(differences)))
    low, high = value - _QUANTILE * error, value + _QUANTILE * error
    return {
        "value": value,
        "standard_deviation": error,
        "interval_95": [low, high],
        "is_different": not low <= 0 <= high,
    }


def _is_right(labels: npt.NDArray[np.bool_], probabilities: Numbers) -> Numbers:
    return np.asarray((probabilities >= 0.5) == labels, dtype=float)
