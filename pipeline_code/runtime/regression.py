"""Errors of a regression and of predicting the mean, in SageMaker's format for model quality."""

import math
from typing import Any

import numpy as np
import numpy.typing as npt

from pipeline_code.runtime.bootstrap import with_deviations
from pipeline_code.runtime.job_errors import DataError

Numbers = npt.NDArray[np.float64]


def regression_report(
    truth: Numbers, predicted: Numbers, *, mean_guess: float, seed: int = 0
) -> dict[str, Any]:
    """The document evaluation.json for `predicted` against `truth`, each of shape (rows,).

    Shape: AWS page "Model quality metrics", regression_metrics.<name>.{value,standard_deviation},
    with mae, mse, rmse and r2. Names with the suffix `_baseline` are the errors of predicting
    `mean_guess` (the mean of the training side) for every row, and `rmse_ratio` is
    rmse / rmse_baseline. Units: mae and rmse have the unit of `truth`, mse its square. Standard
    deviations are over 200 bootstrap resamples of the rows. Raises DataError if the truth is the
    same in all rows, because r2 is not defined for it.
    """
    if len(truth) == 0 or np.ptp(truth) == 0:
        raise DataError(
            f"{len(truth)} rows to evaluate, all of one value: r2 needs two values at least"
        )

    def measure(truth: Numbers, predicted: Numbers) -> dict[str, float]:
        errors = regression_metrics(truth, predicted)
        baseline = regression_metrics(truth, np.full_like(truth, mean_guess))
        return (
            errors
            | {f"{name}_baseline": value for name, value in baseline.items()}
            | {"rmse_ratio": errors["rmse"] / baseline["rmse"]}
        )

    return {
        "version": 0.0,
        "dataset": {"item_count": len(truth)},
        "regression_metrics": with_deviations(truth, predicted, measure, seed=seed),
    }


def regression_metrics(truth: Numbers, predicted: Numbers) -> dict[str, float]:
    """Return mae, mse, rmse and r2; `truth` must have at least two different values."""
    error = truth - predicted
    mse = float(np.mean(error**2))
    return {
        "mae": float(np.mean(np.abs(error))),
        "mse": mse,
        "rmse": math.sqrt(mse),
        "r2": 1 - mse / float(np.var(truth)),
    }
