"""Hosting code: raw rows as they are known before a call in; how likely each client subscribes out.

The four functions are those of SageMaker's XGBoost container ("Use XGBoost as a framework").
"""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from pipeline_code.bank.features import MACRO, SCHEMA, feature_names, features, seen
from pipeline_code.runtime.job_errors import DataError
from pipeline_code.runtime.schema import Column, Schema
from pipeline_code.runtime.serving import answer, read_request

# The state of the economy may be given to a model that does not see it.
REQUEST = Schema(
    tuple(
        Column(name, column.type, optional=name in MACRO)
        for name in seen("macro")
        for column in SCHEMA.columns
        if column.name == name
    )
)
ANSWER = "probability"


@dataclass(frozen=True)
class Model:
    """The trees and the facts that training noted beside them."""

    booster: Any
    facts: dict[str, Any]


def model_fn(model_dir: str) -> Model:
    """Load the model from the unpacked model.tar.gz.

    Raises DataError when it was fitted on other features than this code makes.
    """
    import xgboost

    folder = Path(model_dir)
    facts = json.loads((folder / "model.json").read_text(encoding="utf-8"))
    if facts["features"] != feature_names(facts["columns"]):
        raise DataError(
            f"the model was fitted on the features {', '.join(facts['features'])}, which this code "
            "no longer makes: train it again"
        )
    return Model(xgboost.Booster(model_file=folder / "model.ubj"), facts)


def input_fn(body: bytes | str, content_type: str) -> pa.Table:
    """Raw rows from CSV, with or without header, or from JSON lines (one object a row).

    Raises DataError naming line and column of what is wrong, or the content types allowed.
    """
    return read_request(body, content_type, REQUEST)


def predict_fn(rows: pa.Table, model: Model) -> npt.NDArray[np.float64]:
    """The probability that the client of each row subscribes."""
    import xgboost

    columns = model.facts["columns"]
    missing = [name for name in seen(columns) if name not in rows.column_names]
    if missing:
        raise DataError(f"the rows lack {', '.join(missing)}, which the model was fitted on")
    matrix = xgboost.DMatrix(features(rows, columns), feature_names=model.facts["features"])
    probability: npt.NDArray[np.float64] = model.booster.predict(matrix).astype(np.float64)
    return probability


def output_fn(probability: npt.NDArray[np.float64], accept: str) -> tuple[str, str]:
    """The probabilities in the order of the rows, and their content type."""
    return answer(probability, accept, digits=4, as_object=lambda number: {ANSWER: number})
