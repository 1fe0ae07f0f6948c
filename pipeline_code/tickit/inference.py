"""Hosting code: raw rows of the query, without its target, in; predicted tickets out.

The four functions are those of SageMaker's scikit-learn container ("Deploy a Scikit-learn Model").
"""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from pipeline_code.runtime.estimator_io import load_estimator
from pipeline_code.runtime.job_errors import DataError
from pipeline_code.runtime.serving import answer, read_request
from pipeline_code.tickit.features import INPUTS, TARGET, features


@dataclass(frozen=True)
class Model:
    """The fitted scikit-learn pipeline and the facts that training noted beside it."""

    estimator: Any
    facts: dict[str, Any]


def model_fn(model_dir: str) -> Model:
    """Load the model from the unpacked model.tar.gz."""
    folder = Path(model_dir)
    facts = json.loads((folder / "model.json").read_text(encoding="utf-8"))
    return Model(load_estimator(folder / "model.pickle"), facts)


def input_fn(body: bytes | str, content_type: str) -> pa.Table:
    """Raw rows from CSV, with or without header, or from JSON lines (one object a row).

    Raises DataError naming line and column of what is wrong, or the content types allowed.
    """
    return read_request(body, content_type, INPUTS)


def predict_fn(rows: pa.Table, model: Model) -> npt.NDArray[np.float64]:
    """The predicted number of tickets of each row, never below 0."""
    if rows.column_names != model.facts["columns"]:
        raise DataError(
            f"the rows have the columns {', '.join(rows.column_names)}, "
            f"the model was fitted on {', '.join(model.facts['columns'])}"
        )
    predicted: npt.NDArray[np.float64] = model.estimator.predict(features(rows))
    return np.maximum(predicted, 0.0)


def output_fn(predicted: npt.NDArray[np.float64], accept: str) -> tuple[str, str]:
    """The predictions in the order of the rows, and their content type."""
    return answer(predicted, accept, digits=4, as_object=lambda number: {TARGET: number})
