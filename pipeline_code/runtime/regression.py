"""Errors of a regression, and of guessing the mean, in the shape of SageMaker's model quality."""

import math
from typing import Any

import numpy as np
import numpy.typing as npt

from pipeline_code.runtime.job_errors import DataError

Numbers = npt.NDArray[np.float64]
RESAMPLES = 200


def regression_report(
    truth: Numbers, predicted: Numbers, *, mean_guess: float, seed: int = 0
) -> dict[str, Any]:
    """The document evaluation.json for `predicted` against `truth`, each of shape (rows,).

    Shape: AWS page "Model quality metrics", regression_metrics.<name>.{value,standard_deviation},
    with mae, mse, rmse and r2; the same names ending in `_baseline` are the errors of answering
    `mean_guess` (the mean of the training side) for every row, and `rmse_ratio` is
    rmse / rmse_baseline. Units: mae and rmse in those of `truth`, mse in their square. Standard
    deviations are those of the metric over 200 bootstrap resamples of the rows.
    Raises DataError when the truth is the same in all rows, as r2 has no meaning then.
    """
    if len(truth) == 0 or np.ptp(truth) == 0:
        raise DataError(
            f"{len(truth)} rows to evaluate, all of one value: r2 needs two values at least"
        )
    rng = np.random.default_rng(seed)
    resampled = [
        _metrics(truth[drawn], predicted[drawn], mean_guess)
        for drawn in (rng.integers(0, len(truth), len(truth)) for _ in range(RESAMPLES))
        # Few rows may be drawn alike, and then r2 has no meaning either.
        if np.ptp(truth[drawn])
    ]
    return {
        "version": 0.0,
        "dataset": {"item_count": len(truth)},
        "regression_metrics": {
            name: {
                "value": value,
                "standard_deviation": float(np.std([metrics[name] for metrics in resampled])),
            }
            for name, value in _metrics(truth, predicted, mean_guess).items()
        },
    }


def _metrics(truth: Numbers, predicted: Numbers, mean_guess: float) -> dict[str, float]:
    errors = _errors(truth, predicted)
    baseline = _errors(truth, np.full_like(truth, mean_guess))
    return (
        errors
        | {f"{name}_baseline": value for name, value in baseline.items()}
        | {"rmse_ratio": errors["rmse"] / baseline["rmse"]}
    )


def _errors(truth: Numbers, predicted: Numbers) -> dict[str, float]:
    error = truth - predicted
    mse = float(np.mean(error**2))
    return {
        "mae": float(np.mean(np.abs(error))),
        "mse": mse,
        "rmse": math.sqrt(mse),
        "r2": 1 - mse / float(np.var(truth)),
    }
