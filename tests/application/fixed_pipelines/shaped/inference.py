"""Hosting code: rows without the target in, predictions out."""

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from fixed_pipelines.shaped.features import DATASET, TARGET
from fixed_pipelines.shaped.model import Model, load_model
from pipeline_code.runtime.serving import hosting


def predict(rows: pa.Table, model: Model) -> npt.NDArray[np.float64]:
    """Return the prediction for each row."""
    return model.predict(rows)


model_fn, input_fn, predict_fn, output_fn = hosting(
    DATASET.inputs,
    load=load_model,
    predict=predict,
    as_object=lambda number: {TARGET: number},
)
