"""Hosting code: rows of the query without the target in, predicted tickets out."""

from functools import partial

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from pipeline_code.runtime.estimator_model import EstimatorModel, load_model
from pipeline_code.runtime.serving import hosting
from pipeline_code.tickit.features import DATASET, FLOW, TARGET


def predict(rows: pa.Table, model: EstimatorModel) -> npt.NDArray[np.float64]:
    """Return the predicted number of tickets for each row, never below 0."""
    return np.maximum(model.predict(rows), 0.0)


model_fn, input_fn, predict_fn, output_fn = hosting(
    DATASET.inputs,
    load=partial(load_model, flow=FLOW),
    predict=predict,
    as_object=lambda number: {TARGET: number},
)
