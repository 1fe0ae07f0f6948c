"""Hosting code: raw rows (data known before a call) in, probabilities of a success out."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from pipeline_code.bank.features import DATASET, MACRO, flow_of, raw_columns
from pipeline_code.runtime.flows.fitted_flow import FittedFlow
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
    """The fitted trees, the metadata that training saved, and the flow of raw rows."""

    booster: Any
    facts: dict[str, Any]
    flow: FittedFlow


def load(folder: Path) -> Model:
    """Read the model from an unpacked model.tar.gz.

    Raises DataError if its features differ from the features that this code computes.
    """
    import xgboost

    facts = read_facts(folder, "columns", "features")
    flow = flow_of(facts["columns"])
    if facts["features"] != list(flow.features):
        raise DataError(
            f"the model was fitted on the features {', '.join(facts['features'])}, which this code "
            "no longer makes: train it again"
        )
    return Model(xgboost.Booster(model_file=folder / "model.ubj"), facts, flow)


def predict(rows: pa.Table, model: Model) -> npt.NDArray[np.float64]:
    """The probability that the client of each row subscribes."""
    import xgboost

    matrix = xgboost.DMatrix(model.flow.matrix(rows), feature_names=model.facts["features"])
    probability: npt.NDArray[np.float64] = model.booster.predict(matrix).astype(np.float64)
    return probability


model_fn, input_fn, predict_fn, output_fn = hosting(
    REQUEST,
    load=load,
    predict=predict,
    as_object=lambda number: {"probability": number},
)
