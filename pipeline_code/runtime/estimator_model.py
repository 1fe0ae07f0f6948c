"""A trained model: a scikit-learn estimator, the flow of its rows, and facts of its training."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
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
        matrix = self.flow.matrix(rows)
        # The approved model of an earlier release has neither of the two facts.
        if not self.facts.get("classifier"):
            predicted: Numbers = self.estimator.predict(matrix)
            return predicted
        probabilities: Numbers = self.estimator.predict_proba(matrix)
        return probabilities if self.facts.get("classes") else probabilities[:, 1]

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
