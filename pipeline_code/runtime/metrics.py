"""Errors of a regression, and of guessing the mean, in the shape of SageMaker's model quality."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt

from pipeline_code.runtime.errors import DataError

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
    drawn = np.random.default_rng(seed).integers(0, len(truth), (RESAMPLES, len(truth)))
    values = _metrics(truth[None, :], predicted[None, :], mean_guess)
    resampled = _metrics(truth[drawn], predicted[drawn], mean_guess)
    return {
        "version": 0.0,
        "dataset": {"item_count": len(truth)},
        "regression_metrics": {
            name: {
                "value": float(value[0]),
                "standard_deviation": _deviation(resampled[name]),
            }
            for name, value in values.items()
        },
    }


def _metrics(truth: Numbers, predicted: Numbers, mean_guess: float) -> Mapping[str, Numbers]:
    """Each metric over the rows of each resample: arrays (resamples, rows) to (resamples,)."""
    errors = _errors(truth, predicted)
    baseline = _errors(truth, np.full_like(truth, mean_guess))
    return (
        errors
        | {f"{name}_baseline": value for name, value in baseline.items()}
        | {"rmse_ratio": errors["rmse"] / baseline["rmse"]}
    )


def _errors(truth: Numbers, predicted: Numbers) -> dict[str, Numbers]:
    error = truth - predicted
    mse = np.mean(error**2, axis=1)
    return {
        "mae": np.mean(np.abs(error), axis=1),
        "mse": mse,
        "rmse": np.sqrt(mse),
        "r2": 1 - mse / np.var(truth, axis=1),
    }


def _deviation(values: Numbers) -> float:
    return float(np.std(values[np.isfinite(values)], ddof=1))
