"""Hosting code of an AutoML candidate: CSV rows without header and target in, predictions out."""

from __future__ import annotations

import io
import os
from pathlib import Path
from typing import Any

import joblib
import pandas as pd


def model_fn(model_dir: str) -> dict[str, Any]:
    """Return the content of model.joblib."""
    content: dict[str, Any] = joblib.load(Path(model_dir) / "model.joblib")
    return content


def input_fn(body: bytes | str, content_type: str) -> pd.DataFrame:
    """Return the rows of a request."""
    if content_type.split(";")[0] != "text/csv":
        raise ValueError(f"content type {content_type}: only text/csv is supported")
    text = body.decode() if isinstance(body, bytes) else body
    return pd.read_csv(io.StringIO(text), header=None, dtype=str)


def predict_fn(rows: pd.DataFrame, model: dict[str, Any]) -> pd.DataFrame:
    """Return a table with the columns of SAGEMAKER_INFERENCE_OUTPUT."""
    if len(rows.columns) != len(model["columns"]):
        expected = ", ".join(model["columns"])
        raise ValueError(f"{len(rows.columns)} columns; expected are {expected}")
    rows.columns = model["columns"]
    for name in model["numbers"]:
        rows[name] = pd.to_numeric(rows[name])
    predicted = model["pipeline"].predict(rows)
    if not model["classes"]:
        return pd.DataFrame({"predicted_label": predicted})
    answers = pd.DataFrame({"predicted_label": [model["classes"][each] for each in predicted]})
    answers["probability"] = model["pipeline"].predict_proba(rows).max(axis=1)
    wanted = os.environ.get("SAGEMAKER_INFERENCE_OUTPUT", "predicted_label").split(",")
    return answers[wanted]


def output_fn(answers: pd.DataFrame, accept: str) -> tuple[str, str]:
    """Return CSV."""
    return answers.to_csv(index=False, header=False), "text/csv"
