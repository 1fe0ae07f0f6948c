"""What a kind of prediction needs: checks, metrics, errors of rows, and plots."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from pipeline_code.runtime.dataset import Dataset

Labels = npt.NDArray[Any]
Numbers = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Problem:
    """A kind of prediction. The labels are those of `Dataset.labels`; the first axis is the rows.

    `check_training` raises DataError for labels that no model can be fitted on. `report` returns
    the document evaluation.json for labels, predictions and the facts of the model. `metrics`
    returns name -> value. `row_errors` returns the error of each row, whose mean is named `error`.
    `plots` returns the members of plots.json that only this kind has.
    """

    fits: Callable[[Dataset], bool]
    check_training: Callable[[Dataset, Labels], None]
    report: Callable[[Dataset, Labels, Numbers, Mapping[str, Any]], dict[str, Any]]
    metrics: Callable[[Labels, Numbers], dict[str, float]]
    row_errors: Callable[[Labels, Numbers], Numbers]
    error: str
    plots: Callable[[Dataset, Labels, Numbers], dict[str, Any]]
