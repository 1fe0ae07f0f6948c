"""A trained scikit-learn estimator with facts of its training: saving, loading, predicting."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from pipeline_code.runtime.estimator_io import load_estimator, save_estimator
from pipeline_code.runtime.job_errors import DataError
from pipeline_code.runtime.model_facts import FACTS, read_facts

ESTIMATOR = "model.pickle"
Numbers = npt.NDArray[np.float64]
Features = Callable[[pa.Table], Numbers]


@dataclass(frozen=True)
class EstimatorModel:
    """A fitted estimator and the facts of its training: `columns`, `target_mean` and others."""

    estimator: Any
    facts: Mapping[str, Any]

    def predict(self, rows: pa.Table, features: Features) -> Numbers:
        """Return the prediction for each row; `features` returns the features of the rows.

        Columns that the model was not fitted on are ignored. Raises DataError if the rows lack a
        column that it was fitted on.
        """
        predicted: Numbers = self.estimator.predict(self._matrix(rows, features))
        return predicted

    def probability(self, rows: pa.Table, features: Features) -> Numbers:
        """Return the probability that each row is of the positive class, like `predict`."""
        predicted: Numbers = self.estimator.predict_proba(self._matrix(rows, features))[:, 1]
        return predicted

    def _matrix(self, rows: pa.Table, features: Features) -> Numbers:
        columns = self.facts["columns"]
        missing = [name for name in columns if name not in rows.column_names]
        if missing:
            raise DataError(f"the rows lack {', '.join(missing)}, which the model was fitted on")
        return features(rows.select(columns))

    def save(self, folder: Path) -> None:
        """Write model.pickle and model.json; raises DataError like `save_estimator`."""
        save_estimator(self.estimator, folder / ESTIMATOR)
        text = json.dumps(dict(self.facts), indent=2) + "\n"
        (folder / FACTS).write_text(text, encoding="utf-8")


def load_model(folder: Path, *members: str) -> EstimatorModel:
    """Read the model from an unpacked model.tar.gz; raises DataError like `load_estimator`.

    Its facts must have the `members`.
    """
    facts = read_facts(folder, "columns", "target_mean", *members)
    return EstimatorModel(load_estimator(folder / ESTIMATOR), facts)
