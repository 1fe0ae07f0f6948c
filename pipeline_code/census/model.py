"""A trained model: XGBoost's own file, and the encoder of the rows that it takes."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import xgboost

from pipeline_code.census.encoder import FILE, Encoder
from pipeline_code.runtime.job_errors import DataError

# The name that the built-in algorithm gives to its model, and its hosting looks for.
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


def read_model(files: dict[str, bytes], *, encoder: Encoder | None, source: str) -> Model:
    """The model in the content of `files`, by name; `encoder` is for a model without its own.

    The built-in algorithm saves none. Raises DataError when a file is missing or the model takes
    another number of columns than the encoder gives.
    """
    if FILE in files:
        encoder = Encoder.from_json(files[FILE].decode())
    if MODEL_FILE not in files or encoder is None:
        raise DataError(f"{source} has no {FILE if MODEL_FILE in files else MODEL_FILE}")
    booster = xgboost.Booster()
    booster.load_model(bytearray(files[MODEL_FILE]))
    if booster.num_features() != len(encoder.names):
        raise DataError(
            f"the model of {source} takes {booster.num_features()} columns, its rows have "
            f"{len(encoder.names)}: it was fitted on other columns; train again, or reject that "
            "version"
        )
    return Model(booster, encoder)


def read_folder(folder: Path) -> Model:
    """The model with its own encoder in an unpacked model.tar.gz; raises DataError."""
    return read_model(files_in(folder), encoder=None, source=str(folder))


def files_in(folder: Path) -> dict[str, bytes]:
    """The files of a model in the folder, by name."""
    paths = [path for path in (folder / MODEL_FILE, folder / FILE) if path.is_file()]
    return {path.name: path.read_bytes() for path in paths}
