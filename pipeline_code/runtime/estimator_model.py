"""A trained model: a scikit-learn estimator, the flow of its rows, and facts of its training."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from pipeline_code.runtime.estimator_io import load_estimator, save_estimator
from pipeline_code.runtime.flows import fitted_flow
from pipeline_code.runtime.flows.fitted_flow import FittedFlow, load_flow
from pipeline_code.runtime.flows.flow import Flow
from pipeline_code.runtime.model_facts import FACTS, read_facts
from pipeline_code.runtime.single_row.row_function import row_function
from pipeline_code.runtime.single_row.types import RowFunction

ESTIMATOR = "model.pickle"
Numbers = npt.NDArray[np.float64]


@dataclass(frozen=True)
class EstimatorModel:
    """A fitted estimator with the facts of its training, such as `target_mean`, and its flow."""

    estimator: Any
    facts: Mapping[str, Any]
    flow: FittedFlow

    def predict(self, rows: pa.Table) -> Numbers:
        """The prediction for each raw row: the target, or the probability of one class or of each.

        Columns that the model was not fitted on are ignored. Raises DataError if the rows lack a
        column that it was fitted on.
        """
        predicted = self._outputs(self.flow.matrix(rows))
        # The approved model of an earlier release has neither of the two facts.
        is_binary = self.facts.get("classifier") and not self.facts.get("classes")
        return predicted[:, 1] if is_binary else predicted

    def _outputs(self, matrix: Numbers) -> Numbers:
        """What predict_proba of a classifier, or predict of a regressor, returns."""
        is_classifier = self.facts.get("classifier")
        # Encoders refuse infinite numbers, which the function of one row does not check.
        is_row = len(matrix) == 1 and not np.isinf(matrix).any()
        if is_row and self._row_function is not None:
            row = self._row_function(matrix[0])
            return row[np.newaxis] if is_classifier else row
        method = self.estimator.predict_proba if is_classifier else self.estimator.predict
        found: Numbers = method(matrix)
        return found

    @cached_property
    def _row_function(self) -> RowFunction | None:
        return row_function(self.estimator)

    def save(self, folder: Path) -> None:
        """Write model.pickle, model.json and flow.json; raises DataError like `save_estimator`."""
        save_estimator(self.estimator, folder / ESTIMATOR)
        text = json.dumps(dict(self.facts), indent=2) + "\n"
        (folder / FACTS).write_text(text, encoding="utf-8")
        self.flow.save(folder)


def load_model(folder: Path, flow: Flow) -> EstimatorModel:
    """Read the model from an unpacked model.tar.gz; raises DataError like `load_estimator`.

    `flow` is used for the model of an earlier release, which has no flow of its own. This is
    possible if the flow needs no fit.
    """
    facts = read_facts(folder, "columns", "target_mean")
    if (folder / fitted_flow.FILE).is_file():
        found = load_flow(folder)
    else:
        found = flow.without_fit(facts["columns"])
    return EstimatorModel(load_estimator(folder / ESTIMATOR), facts, found)


def predict(rows: pa.Table, model: EstimatorModel) -> Numbers:
    """The prediction for each row, for `hosting`."""
    return model.predict(rows)
