"""Serves the built-in algorithm of the image sagemaker-xgboost: CSV rows in, scores out.

It accepts CSV of numbers without header and label. Source: algorithm_mode/handler_service.py and
serve_utils.py of aws/sagemaker-xgboost-container.
"""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import xgboost

from .messages import CSV, DEFAULT_ACCEPT_VARIABLE, JSON, Reply, Request
from .user_module import model_folder

MODEL = "xgboost-model"
# The service sets this variable in the containers of transform jobs: one score per line.
BATCH_VARIABLE = "SAGEMAKER_BATCH"


class Refused(Exception):
    """A request is refused; `args` are the status and the message."""


class Algorithm:
    """A booster that the built-in algorithm trained."""

    def __init__(self) -> None:
        content = (Path(model_folder()) / MODEL).read_bytes()
        self._booster = xgboost.Booster()
        self._booster.load_model(bytearray(content))
        self._default_accept = os.environ.get(DEFAULT_ACCEPT_VARIABLE, CSV)
        self._separator = "\n" if os.environ.get(BATCH_VARIABLE) else ","

    def invoke(self, request: Request) -> Reply:
        """Return a score for every row."""
        try:
            return self._scored(request)
        except Refused as refusal:
            status, message = refusal.args
            return Reply(status, message.encode(), JSON)

    def _scored(self, request: Request) -> Reply:
        rows = _rows(request)
        expected = self._booster.num_features()
        if rows.shape[1] != expected:
            raise Refused(
                400,
                "Unable to evaluate payload provided: Feature size of csv inference data "
                f"{rows.shape[1]} is not consistent with feature size of trained model {expected}.",
            )
        return self._encoded(self._booster.predict(xgboost.DMatrix(rows)), request.accept)

    def _encoded(self, scores: Any, accept: str | None) -> Reply:
        kind = self._default_accept if accept in (None, "", "*/*") else str(accept).lower()
        if kind == CSV:
            end = "\n" if self._separator == "\n" else ""
            text = self._separator.join(map(str, scores.tolist())) + end
            return Reply(200, text.encode(), CSV)
        if kind == JSON:
            return Reply(200, json.dumps(scores.tolist()).encode(), JSON)
        raise Refused(
            415,
            f"{accept} is not an accepted Accept type. Please choose one of the following: "
            f"['{CSV}', '{JSON}'].",
        )


def _rows(request: Request) -> npt.NDArray[np.float32]:
    kind = (request.content_type or CSV).partition(";")[0].strip().lower()
    if kind != CSV:
        raise Refused(415, f"{request.content_type} is not an accepted ContentType here: {CSV}.")
    lines = request.body.decode(errors="replace").strip().splitlines()
    if not lines:
        raise Refused(204, "")
    try:
        return np.array([line.split(",") for line in lines], dtype=np.float32)
    except ValueError as error:
        raise Refused(
            415,
            f"Loading csv data failed with Exception, please ensure data is in csv format: {error}",
        ) from error
