"""Explanations of predictions: SHAP values per column, and their section of analysis.json.

Source of the format: "SHAP analysis",
https://docs.aws.amazon.com/sagemaker/latest/dg/clarify-processing-job-analysis-results.html
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

Numbers = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Explanation:
    """How each column changes the model's output for each row from the expected output.

    `values[column]` has the shape (rows,). For each row, the sum over the columns plus `expected`
    is the output of the model.
    """

    values: Mapping[str, Numbers]
    expected: float

    def by_row(self) -> list[dict[str, Any]]:
        """Return an object for each row, with the names of SageMaker Clarify."""
        columns = {name: values.tolist() for name, values in self.values.items()}
        return [
            {"expected_value": self.expected, "shap_values": dict(zip(columns, row, strict=True))}
            for row in zip(*columns.values(), strict=True)
        ]

    @property
    def importance(self) -> dict[str, float]:
        """The mean absolute value of each column, the largest first."""
        means = {name: float(np.abs(values).mean()) for name, values in self.values.items()}
        return dict(sorted(means.items(), key=lambda item: -item[1]))

    def section(self) -> dict[str, Any]:
        """The member `explanations` of analysis.json, with the names of SageMaker Clarify."""
        shap = {"global_shap_values": self.importance, "expected_value": self.expected}
        return {"kernel_shap": {"label0": shap}}


def tree_shap(booster: Any, matrix: Any, widths: Mapping[str, int]) -> Explanation:
    """Explain the output of an XGBoost model (log-odds for a classifier) by its own SHAP values.

    `matrix` is the DMatrix of the rows. `widths` are the numbers of its columns that each column of
    the raw rows is encoded as, in their order; the values of these columns are added up.
    """
    values = np.asarray(booster.predict(matrix, pred_contribs=True), dtype=np.float64)
    bounds = np.cumsum(list(widths.values()))[:-1]
    parts = np.split(values[:, :-1], bounds, axis=1)
    summed = {name: part.sum(axis=1) for name, part in zip(widths, parts, strict=True)}
    return Explanation(summed, float(values[0, -1]))
