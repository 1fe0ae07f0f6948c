"""Hosting code: orders in, numbers of sold pieces out."""

from functools import partial

from fixed_pipelines.orders.features import DATASET, FLOW
from pipeline_code.runtime.estimator_model import load_model, predict
from pipeline_code.runtime.serving import hosting

model_fn, input_fn, predict_fn, output_fn = hosting(
    DATASET.inputs,
    load=partial(load_model, flow=FLOW),
    predict=predict,
    as_object=lambda number: {"sold": number},
)
