"""Serves the built-in algorithm of the image sagemaker-xgboost: CSV or libsvm in, scores out.

Not supported: RecordIO, ensembles and
SAGEMAKER_INFERENCE_OUTPUT. Source: algorithm_mode/serve.py and serve_utils.py and encoder.py of the
image's package; its CSV and errors are also described by aws/deep-learning-containers,
test/xgboost/container.
"""

from __future__ import annotations

import csv
import json
import multiprocessing
import os
from pathlib import Path
from typing import Any

import flask
import xgboost
from scipy.sparse import csr_matrix
from werkzeug.http import parse_options_header

from .booster_file import read_booster
from .encoders import CSV, JSON, encode, xgboost_rows
from .user_module import base_folder

ANY = "*/*"
# The service sets this variable in the containers of transform jobs.
BATCH_VARIABLE = "SAGEMAKER_BATCH"
OUTPUT_VARIABLE = "SAGEMAKER_INFERENCE_OUTPUT"
_MEGABYTE = 1024**2
_LIBSVM = ("libsvm", "text/libsvm", "text/x-libsvm")
# The types that the image accepts, although it cannot write the last two (encoders.encode).
_ACCEPTS = ["application/json", "application/jsonlines", "application/x-recordio-protobuf", CSV]


class NotHosted(Exception):
    """The model needs a feature of the image that is not supported here."""


def application() -> flask.Flask:
    """Return the application of the built-in algorithm. Raises `NotHosted`."""
    booster = _booster(base_folder() / "model")
    app = flask.Flask(__name__)
    limit = int(os.environ.get("MAX_CONTENT_LENGTH", 6 * _MEGABYTE))
    app.config["MAX_CONTENT_LENGTH"] = limit

    @app.get("/ping")
    def ping() -> flask.Response:
        return flask.Response(status=200)

    @app.get("/execution-parameters")
    def execution_parameters() -> flask.Response:
        parameters = {
            "MaxConcurrentTransforms": multiprocessing.cpu_count(),
            "BatchStrategy": "MULTI_RECORD",
            "MaxPayloadInMB": limit // _MEGABYTE,
        }
        return flask.Response(json.dumps(parameters), mimetype=JSON)

    @app.post("/invocations")
    def invocations() -> flask.Response:
        return _scored(booster, flask.request.data)

    return app


def _booster(folder: Path) -> Any:
    """Load the only model of the folder. The image would load several files as an ensemble."""
    if os.environ.get(OUTPUT_VARIABLE):
        raise NotHosted(f"{OUTPUT_VARIABLE} is not supported here; leave it out of Environment")
    files = [path for path in sorted(folder.iterdir()) if path.is_file() and path.name[0] != "."]
    if len(files) != 1:
        names = ", ".join(path.name for path in files) or "no file"
        raise NotHosted(
            f"the model has {names}: the built-in algorithm loads every file as a model of an "
            "ensemble, which is not supported here; leave only the model in it"
        )
    booster = read_booster(files[0])
    booster.set_param({"nthread": 1})
    return booster


def _scored(booster: Any, payload: bytes) -> flask.Response:
    if not payload:
        return flask.Response("", status=204)
    try:
        rows = _rows(payload, flask.request.content_type)
    except ValueError as error:
        return flask.Response(str(error), status=415)
    try:
        scores = booster.predict(xgboost.DMatrix(rows), validate_features=False).tolist()
    except Exception as error:  # as the image does
        return flask.Response(f"Unable to evaluate payload provided: {error}", status=400)
    accept = _accepted(flask.request.headers.get("Accept"))
    if accept not in _ACCEPTS:
        reason = f"Accept type {accept} is not supported. Please use supported accept types: "
        return flask.Response(f"{reason}{_ACCEPTS}.", status=406)
    return flask.Response(_encoded(scores, accept), mimetype=accept)


def _rows(payload: bytes, content_type: str | None) -> Any:
    """Parse a body of CSV without header, or of libsvm, which is the default. Raises ValueError."""
    kind, parameters = parse_options_header((content_type or "text/libsvm").lower())
    if kind in _LIBSVM:
        return _libsvm_rows(payload)
    if kind not in (CSV, "csv"):
        raise ValueError(f"{content_type} is not an accepted ContentType here: {CSV}, text/libsvm.")
    if parameters.get("label_size", "1") != "1":
        raise ValueError(
            f"{content_type} is not an accepted csv ContentType. Optional parameter label_size "
            "must be equal to 1"
        )
    try:
        return xgboost_rows(payload.strip().decode())
    except (ValueError, csv.Error) as error:
        raise ValueError(
            "Loading csv data failed with Exception, please ensure data is in csv format:\n "
            f"{type(error)}\n {error}"
        ) from error


def _libsvm_rows(payload: bytes) -> csr_matrix:
    """Return the `index:value` pairs of each line, whose indexes begin with 0. Other texts, such as
    a label, are ignored. Raises ValueError."""
    try:
        pairs = [
            (row, item.split(":"))
            for row, line in enumerate(payload.strip().decode().split("\n"))
            for item in line.split()
            if ":" in item
        ]
        rows, columns = [row for row, _ in pairs], [int(pair[0]) for _, pair in pairs]
        return csr_matrix(([float(pair[1]) for _, pair in pairs], (rows, columns)))
    except ValueError as error:
        raise ValueError(
            "Loading libsvm data failed with Exception, please ensure data is in libsvm format:\n "
            f"{type(error)}\n {error}"
        ) from error


def _accepted(accept: str | None) -> str:
    kind = (accept or "").partition(";")[0].strip().lower()
    if kind and kind != ANY:
        return kind
    return os.environ.get("SAGEMAKER_DEFAULT_INVOCATIONS_ACCEPT", CSV)


def _encoded(scores: list[Any], accept: str) -> str | bytes:
    if os.environ.get(BATCH_VARIABLE):
        return "".join(f"{score}\n" for score in scores)
    if accept == JSON:
        return json.dumps({"predictions": [{"score": score} for score in scores]})
    return encode(scores, accept)
