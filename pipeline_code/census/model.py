"""A trained model: XGBoost's model file, and the encoder of its rows."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import xgboost

from pipeline_code.census.encoder import FILE, Encoder
from pipeline_code.runtime.explanation import Explanation, tree_shap
from pipeline_code.runtime.job_errors import DataError

# The file name that the built-in algorithm uses for a model, and that its hosting requires.
MODEL_FILE = "xgboost-model"


@dataclass(frozen=True)
class Model:
    """A fitted booster with the encoder of its rows."""

    booster: Any
    encoder: Encoder

    def probability(self, rows: pa.Table) -> npt.NDArray[np.float64]:
        """Return the probability of a high income for each raw row, of shape (rows,)."""
        predicted = self.booster.predict(xgboost.DMatrix(self.encoder.encode(rows)))
        return np.asarray(predicted, dtype=np.float64)

    def explain(self, rows: pa.Table) -> Explanation:
        """Return what each column of raw rows adds to the log-odds of a high income."""
        widths = {feature.column: len(feature.names) for feature in self.encoder.features}
        return tree_shap(self.booster, xgboost.DMatrix(self.encoder.encode(rows)), widths)


def read_model(folder: Path, *, encoder: Encoder | None = None) -> Model:
    """Read the model from an unpacked model.tar.gz; the code in the archive is not run.

    `encoder` is used for a model without encoder.json, which the built-in algorithm wrote. Raises
    DataError if a file is missing, or if model and encoder have different numbers of columns.
    """
    if (folder / FILE).is_file():
        encoder = Encoder.from_json((folder / FILE).read_text(encoding="utf-8"))
    if not (folder / MODEL_FILE).is_file() or encoder is None:
        missing = FILE if (folder / MODEL_FILE).is_file() else MODEL_FILE
        raise DataError(f"the model has no {missing}: train again")
    booster = xgboost.Booster()
    booster.load_model(bytearray((folder / MODEL_FILE).read_bytes()))
    if booster.num_features() != len(encoder.names):
        raise DataError(
            f"the model takes {booster.num_features()} columns, its rows have "
            f"{len(encoder.names)}: it was fitted on other columns; train again"
        )
    return Model(booster, encoder)
