"""What a kind of prediction needs: checks, metrics, errors of rows, plots, and its answers."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from pipeline_code.runtime.dataset import Dataset
from pipeline_code.runtime.metric_names import MetricNames

Labels = npt.NDArray[Any]
Numbers = npt.NDArray[np.float64]
# The prediction of a row: a number, or several.
Prediction = float | list[float]


@dataclass(frozen=True)
class Problem:
    """A kind of prediction. The labels are those of `Dataset.labels`; the first axis is the rows.

    `check_training` raises DataError for labels that no model can be fitted on. `report` returns
    the document evaluation.json for labels, predictions and the facts of the model. `metrics`
    returns name -> value. `row_errors` returns the error of each row, whose mean is named `error`.
    `plots` returns the members of plots.json that only this kind has. `of_record` and `of_object`
    read the prediction of a row from a record of CSV and a JSON object of `serving.answer`; they
    raise ValueError, KeyError or IndexError for another.
    """

    names: MetricNames
    fits: Callable[[Dataset], bool]
    check_training: Callable[[Dataset, Labels], None]
    report: Callable[[Dataset, Labels, Numbers, Mapping[str, Any]], dict[str, Any]]
    metrics: Callable[[Labels, Numbers], dict[str, float]]
    row_errors: Callable[[Labels, Numbers], Numbers]
    error: str
    plots: Callable[[Dataset, Labels, Numbers], dict[str, Any]]
    of_record: Callable[[Dataset, Sequence[str]], Prediction]
    of_object: Callable[[Dataset, Mapping[str, Any]], Prediction]
