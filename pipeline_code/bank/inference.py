"""Hosting code: raw rows (data known before a call) in, probabilities of a success out."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from pipeline_code.bank.features import DATASET, MACRO, feature_matrix, feature_names, raw_columns
from pipeline_code.runtime.job_errors import DataError
from pipeline_code.runtime.model_facts import read_facts
from pipeline_code.runtime.schema import Column, Schema
from pipeline_code.runtime.serving import hosting

TYPES = {column.name: column.type for column in DATASET.schema.columns}
# The state of the economy is optional: a model without these columns ignores it.
REQUEST = Schema(
    tuple(Column(name, TYPES[name], optional=name in MACRO) for name in raw_columns("macro"))
)


@dataclass(frozen=True)
class Model:
    """The fitted trees and the metadata that training saved."""

    booster: Any
    facts: dict[str, Any]


def load(folder: Path) -> Model:
    """Read the model from an unpacked model.tar.gz.

    Raises DataError if its features differ from the features that this code computes.
    """
    import xgboost

    facts = read_facts(folder, "columns", "features")
    if facts["features"] != feature_names(facts["columns"]):
        raise DataError(
            f"the model was fitted on the features {', '.join(facts['features'])}, which this code "
            "no longer makes: train it again"
        )
    return Model(xgboost.Booster(model_file=folder / "model.ubj"), facts)


def predict(rows: pa.Table, model: Model) -> npt.NDArray[np.float64]:
    """The probability that the client of each row subscribes."""
    import xgboost

    columns = model.facts["columns"]
    missing = [name for name in raw_columns(columns) if name not in rows.column_names]
    if missing:
        raise DataError(f"the rows lack {', '.join(missing)}, which the model was fitted on")
    matrix = xgboost.DMatrix(feature_matrix(rows, columns), feature_names=model.facts["features"])
    probability: npt.NDArray[np.float64] = model.booster.predict(matrix).astype(np.float64)
    return probability


model_fn, input_fn, predict_fn, output_fn = hosting(
    REQUEST,
    load=load,
    predict=predict,
    as_object=lambda number: {"probability": number},
)
