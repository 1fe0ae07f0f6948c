"""A trained model: LightGBM's text file, and the facts of its training."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from pipeline_code.boosted.features import feature_matrix
from pipeline_code.runtime.job_errors import DataError

BOOSTER, FACTS = "model.txt", "model.json"


@dataclass(frozen=True)
class Model:
    """A fitted booster with the facts of its training: `columns` and `target_mean`."""

    booster: Any
    facts: Mapping[str, Any]

    def predict(self, rows: pa.Table) -> npt.NDArray[np.float64]:
        """Return the prediction for each raw row. Raises DataError for other columns."""
        if rows.column_names != self.facts["columns"]:
            raise DataError(
                f"the rows have the columns {', '.join(rows.column_names)}, "
                f"the model was fitted on {', '.join(self.facts['columns'])}"
            )
        return np.asarray(self.booster.predict(feature_matrix(rows)), dtype=np.float64)

    def save(self, folder: Path) -> None:
        """Write model.txt and model.json. Unlike a pickle, both are only data."""
        (folder / BOOSTER).write_text(self.booster.model_to_string(), encoding="utf-8")
        (folder / FACTS).write_text(json.dumps(dict(self.facts), indent=2), encoding="utf-8")


def load_model(folder: Path) -> Model:
    """Read the model from an unpacked model.tar.gz. Raises DataError if a file is missing."""
    import lightgbm  # of requirements.txt: the machine that compiles the definition lacks it

    for name in (BOOSTER, FACTS):
        if not (folder / name).is_file():
            raise DataError(f"the model has no {name}: train again")
    booster = lightgbm.Booster(model_str=(folder / BOOSTER).read_text(encoding="utf-8"))
    return Model(booster, json.loads((folder / FACTS).read_text(encoding="utf-8")))
