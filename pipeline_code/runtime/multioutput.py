"""Errors of a regression of several targets, of each target and on average."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from pipeline_code.runtime.bootstrap import with_deviations
from pipeline_code.runtime.job_errors import DataError
from pipeline_code.runtime.metric_names import BY_TARGET, MULTIOUTPUT, WORST
from pipeline_code.runtime.regression import regression_metrics, regression_report

# Of shape (rows, targets).
Numbers = npt.NDArray[np.float64]


def multioutput_report(
    truth: Numbers,
    predicted: Numbers,
    *,
    targets: Sequence[str],
    mean_guess: Sequence[float],
    seed: int = 0,
) -> dict[str, Any]:
    """The document evaluation.json for `predicted` against `truth`, each of shape (rows, targets).

    multioutput_regression_metrics.<name>.{value,standard_deviation} has mae, mse, rmse and r2, each
    the mean of the targets' values (scikit-learn's `uniform_average`), and further
    `multioutput_metrics`. Names with the suffix `_baseline` are those of predicting `mean_guess`
    (the means of the training side). `rmse_ratio` is the mean of rmse / rmse_baseline of the
    targets, `rmse_ratio_of_worst_target` the largest. regression_metrics_by_target.<target> has the
    metrics of `regression_report` of the target, in its unit. Standard deviations are over 200
    bootstrap resamples of the rows. Raises DataError for predictions of another shape, and if a
    target is the same in all rows.
    """
    _require_values(predicted, truth.shape)
    reports = {
        name: _of_target(name, truth[:, place], predicted[:, place], mean_guess[place], seed)
        for place, name in enumerate(targets)
    }

    def measure(truth: Numbers, predicted: Numbers) -> dict[str, float]:
        own = multioutput_metrics(truth, predicted)
        baseline = multioutput_metrics(truth, np.tile(np.asarray(mean_guess), (len(truth), 1)))
        ratios = _rmse(truth, predicted) / _rmse(truth, np.asarray(mean_guess))
        return (
            own
            | {f"{name}_baseline": value for name, value in baseline.items()}
            | {"rmse_ratio": float(ratios.mean()), WORST: float(ratios.max())}
        )

    return {
        "version": 0.0,
        "dataset": {"item_count": len(truth)},
        MULTIOUTPUT.member: with_deviations(truth, predicted, measure, seed=seed),
        BY_TARGET: reports,
    }


def multioutput_metrics(truth: Numbers, predicted: Numbers) -> dict[str, float]:
    """Return the means over the targets of mae, mse, rmse and r2, and of the relative errors.

    `relative_mae` and `relative_rmse` divide the error of a target by its standard deviation in
    `truth`, so no target outweighs the others by its unit. The mean of the relative rmse is usual
    for several targets (aRRMSE: Borchani et al., "A survey on multi-output regression", 2015,
    https://doi.org/10.1002/widm.1157). Each target must have at least two different values.
    """
    columns = zip(truth.T, predicted.T, strict=True)
    found = [regression_metrics(one, other) for one, other in columns]
    averages = {name: float(np.mean([each[name] for each in found])) for name in found[0]}
    deviations = truth.std(axis=0)
    return averages | {
        "relative_mae": float((np.abs(truth - predicted).mean(axis=0) / deviations).mean()),
        "relative_rmse": float((_rmse(truth, predicted) / deviations).mean()),
    }


def relative_errors(truth: Numbers, predicted: Numbers) -> npt.NDArray[np.float64]:
    """The mean over the targets of the relative absolute errors of each row, of shape (rows,)."""
    return np.asarray((np.abs(truth - predicted) / truth.std(axis=0)).mean(axis=1))


def _of_target(
    name: str, truth: Numbers, predicted: Numbers, mean_guess: float, seed: int
) -> Mapping[str, Any]:
    try:
        report = regression_report(truth, predicted, mean_guess=mean_guess, seed=seed)
    except DataError as error:
        raise DataError(f"target {name}: {error}") from error
    found: Mapping[str, Any] = report["regression_metrics"]
    return found


def _rmse(truth: Numbers, predicted: Numbers) -> npt.NDArray[np.float64]:
    """The root mean squared error of each target."""
    return np.asarray(np.sqrt(np.mean((truth - predicted) ** 2, axis=0)))


def _require_values(predicted: Numbers, shape: tuple[int, ...]) -> None:
    if predicted.shape != shape:
        raise DataError(
            f"predictions of shape {predicted.shape}: must be {shape[1]} numbers for each of "
            f"{shape[0]} rows, in the order of the targets; check predict_fn"
        )
