"""Serves a model inside the warehouse (Redshift ML): a candidate of an AutoML job, or XGBoost.

The rows are CSV without a header; an empty cell is NULL. The response has one value per line.
"""

from __future__ import annotations

import csv
import functools
import io
import os
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import flask

Predict = Callable[[str], Sequence[object]]

application = flask.Flask(__name__)


@application.get("/ping")
def ping() -> flask.Response:
    """Load the model."""
    _model()
    return flask.Response(status=200)


@application.post("/invocations")
def invocations() -> flask.Response:
    """Predict the rows."""
    try:
        values = _model()(flask.request.get_data(as_text=True))
    except ValueError as error:
        return flask.Response(str(error), status=400)
    return flask.Response("".join(f"{value}\n" for value in values), mimetype="text/csv")


@functools.cache
def _model() -> Predict:
    folder = Path(os.environ.get("SAGEMAKER_BASE_DIR", "/opt/ml")) / "model"
    return _candidate(folder) if (folder / "model.joblib").exists() else _booster(folder)


def _candidate(folder: Path) -> Predict:
    from . import serving

    model = serving.model_fn(str(folder))

    def predict(text: str) -> Sequence[object]:
        rows = serving.input_fn(text, "text/csv")
        return list(serving.predict_fn(rows, model)["predicted_label"])

    return predict


def _booster(folder: Path) -> Predict:
    """Load the only file as a model of XGBoost, never as a pickle."""
    import numpy as np
    import xgboost

    (file,) = [path for path in folder.rglob("*") if path.is_file() and path.name[0] != "."]
    booster = xgboost.Booster()
    booster.load_model(bytearray(file.read_bytes()))
    booster.set_param({"nthread": 1})

    def predict(text: str) -> Sequence[Any]:
        rows = [[cell or "nan" for cell in line] for line in csv.reader(io.StringIO(text))]
        matrix = xgboost.DMatrix(np.array(rows).astype(float))
        values = booster.predict(matrix, validate_features=False)
        if values.ndim > 1:
            raise ValueError("the model returns several values for a row")
        return [float(value) for value in values]

    return predict
