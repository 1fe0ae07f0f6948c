"""The columns of a model quality dataset: labels, predictions and probabilities."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from .analysis_error import UserError

Texts = npt.NDArray[np.str_]
Numbers = npt.NDArray[np.float64]
_DEFAULT_THRESHOLD = 0.5


@dataclass(frozen=True)
class QualityRows:
    """The rows of a dataset, as texts. `probability` is None if the dataset has none.

    Each attribute is the name or the index of a column.
    """

    truth: Texts
    predicted: Texts | None
    probability: Numbers | None
    threshold: float = _DEFAULT_THRESHOLD

    def __len__(self) -> int:
        return len(self.truth)

    def take(self, rows: npt.NDArray[np.intp]) -> QualityRows:
        """Return some of the rows."""
        return QualityRows(
            self.truth[rows],
            None if self.predicted is None else self.predicted[rows],
            None if self.probability is None else self.probability[rows],
            self.threshold,
        )

    def numbers(self, what: str) -> Numbers:
        """Return the ground truth or the prediction as numbers."""
        values = self.truth if what == "ground truth" else self.predicted
        if values is None:
            raise UserError("inference_attribute is missing")
        return _as_numbers(values, what)


def read_rows(table: pa.Table, variables: Mapping[str, str]) -> QualityRows:
    """Return the rows of the columns in the environment variables. Raises UserError."""
    truth = _column(table, variables, "ground_truth_attribute")
    if truth is None:
        raise UserError("the variable ground_truth_attribute is missing")
    probability = _column(table, variables, "probability_attribute")
    predicted = _column(table, variables, "inference_attribute")
    if predicted is None and probability is None:
        raise UserError("one of inference_attribute and probability_attribute is needed")
    return QualityRows(
        truth,
        predicted,
        None if probability is None else _as_numbers(probability, "probability"),
        float(variables.get("probability_threshold_attribute") or _DEFAULT_THRESHOLD),
    )


def _column(table: pa.Table, variables: Mapping[str, str], variable: str) -> Texts | None:
    name = variables.get(variable)
    if not name:
        return None
    names = table.column_names
    if name not in names and name.isdigit() and int(name) < len(names):
        name = names[int(name)]
    if name not in names:
        raise UserError(f"{variable} {name}: the dataset has the columns {', '.join(names)}")
    if table[name].null_count:
        raise UserError(f"{variable} {name}: {table[name].null_count} rows have no value")
    return np.asarray(table[name].to_pylist(), dtype=np.str_)


def _as_numbers(values: Any, what: str) -> Numbers:
    try:
        return np.asarray(values, dtype=np.float64)
    except ValueError as error:
        raise UserError(f"the {what} is not a number: {error}") from error
