"""A fitted line over the saturated size, saved as JSON."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from fixed_pipelines.shaped.features import feature_matrix

FILE = "model.json"


@dataclass(frozen=True)
class Model:
    """The two coefficients, with the facts of the training that an evaluation needs."""

    coefficients: npt.NDArray[np.float64]
    facts: Mapping[str, Any]

    def predict(self, rows: pa.Table) -> npt.NDArray[np.float64]:
        """Return the prediction for each raw row."""
        return feature_matrix(rows) @ self.coefficients

    def save(self, folder: Path) -> None:
        """Write model.json."""
        document = {"coefficients": self.coefficients.tolist(), "facts": dict(self.facts)}
        (folder / FILE).write_text(json.dumps(document))


def load_model(folder: Path) -> Model:
    """Read the model from an unpacked model.tar.gz."""
    document = json.loads((folder / FILE).read_text())
    return Model(np.array(document["coefficients"]), document["facts"])
