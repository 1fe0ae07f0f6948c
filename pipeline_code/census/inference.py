"""Hosting code of script mode: raw rows, without the income, in; probabilities out.

The four functions are those of SageMaker's XGBoost container ("Use XGBoost as a framework").
"""

from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from pipeline_code.census.encoder import ENCODER
from pipeline_code.census.features import HIGH, LOW, SCHEMA, TARGET
from pipeline_code.census.model import Model, read_folder
from pipeline_code.runtime.serving import answer, read_request

REQUEST = SCHEMA.select(ENCODER.columns)


def model_fn(model_dir: str) -> Model:
    """Load the model from the unpacked model.tar.gz."""
    return read_folder(Path(model_dir))


def input_fn(body: bytes | str, content_type: str) -> pa.Table:
    """Raw rows from CSV, with or without header, or from JSON lines (one object a row).

    Raises DataError naming line and column of what is wrong, or the content types allowed.
    """
    return read_request(body, content_type, REQUEST)


def predict_fn(rows: pa.Table, model: Model) -> npt.NDArray[np.float64]:
    """The probability of a high income of each row."""
    return model.probability(rows)


def output_fn(predicted: npt.NDArray[np.float64], accept: str) -> tuple[str, str]:
    """The probabilities in the order of the rows, as the built-in algorithm answers in CSV.

    An object also says which income is the likelier.
    """
    return answer(predicted, accept, digits=6, as_object=_with_income)


def _with_income(probability: float) -> dict[str, str | float]:
    return {TARGET: HIGH if probability >= 0.5 else LOW, "probability": probability}
