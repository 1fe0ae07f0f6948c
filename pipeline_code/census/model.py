"""A trained model: XGBoost's own file, and the encoder of its rows."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import xgboost

from pipeline_code.census.encoder import FILE, Encoder
from pipeline_code.runtime.job_errors import DataError

# The file name that the built-in algorithm uses for its model, and that its hosting requires.
MODEL_FILE = "xgboost-model"


@dataclass(frozen=True)
class Model:
    """A fitted booster with the encoder of its rows."""

    booster: Any
    encoder: Encoder

    def probability(self, rows: pa.Table) -> npt.NDArray[np.float64]:
        """The probability of a high income of each raw row, of shape (rows,)."""
        predicted = self.booster.predict(xgboost.DMatrix(self.encoder.encode(rows)))
        return np.asarray(predicted, dtype=np.float64)


def read_model(folder: Path, *, encoder: Encoder | None = None) -> Model:
    """The model in an unpacked model.tar.gz; its code is not run.

    `encoder` is for a model without its own: the built-in algorithm saves none. Raises DataError
    when a file is missing, or when the model's number of columns differs from the encoder's.
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
