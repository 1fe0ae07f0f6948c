"""Hosting code of the models: raw rows without the income in, probabilities out."""

import pyarrow as pa

from pipeline_code.census.encoder import ENCODER
from pipeline_code.census.features import HIGH, LOW, SCHEMA, TARGET
from pipeline_code.census.model import Model, read_model
from pipeline_code.runtime.explanation import Explanation
from pipeline_code.runtime.serving import hosting

REQUEST = SCHEMA.select(ENCODER.columns)


def _as_object(probability: float) -> dict[str, str | float]:
    """The probability of a high income, and the more probable income."""
    return {TARGET: HIGH if probability >= 0.5 else LOW, "probability": probability}


model_fn, input_fn, predict_fn, output_fn = hosting(
    REQUEST,
    load=read_model,
    predict=lambda rows, model: model.probability(rows),
    as_object=_as_object,
    digits=6,
)


def explain_fn(rows: pa.Table, model: Model) -> Explanation:
    """Return what each column of a request adds to the log-odds of a high income."""
    return model.explain(rows)
