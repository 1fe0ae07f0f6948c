"""Standard deviations of metrics, by resampling the measured rows."""

from collections.abc import Callable
from typing import Any

import numpy as np
import numpy.typing as npt

Values = npt.NDArray[Any]
RESAMPLES = 200


def with_deviations(
    truth: Values,
    predicted: Values,
    measure: Callable[[Values, Values], dict[str, float]],
    *,
    seed: int,
) -> dict[str, dict[str, float]]:
    """Return each metric's value on all rows and its deviation over 200 bootstrap resamples.

    The first axis of `truth` and `predicted` is the rows. A resample with the same truth, or the
    same value of a target, in all rows is omitted, because metrics such as r2 and auc are not
    defined for it.
    """
    rng = np.random.default_rng(seed)
    draws = (rng.integers(0, len(truth), len(truth)) for _ in range(RESAMPLES))
    resampled = [
        measure(truth[rows], predicted[rows])
        for rows in draws
        if (truth[rows].min(axis=0) != truth[rows].max(axis=0)).all()
    ]
    return {
        name: {
            "value": value,
            "standard_deviation": float(np.std([metrics[name] for metrics in resampled])),
        }
        for name, value in measure(truth, predicted).items()
    }
