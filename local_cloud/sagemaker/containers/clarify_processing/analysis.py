"""Runs the analysis of analysis_config.json, and writes analysis.json.

The service compares with a baseline in ways that are not documented. Here the variable
`baseline_constraints` names its file, as in Model Monitor's image, and `model_name` the model.
"""

from __future__ import annotations

import os
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from typing import Any

import pandas as pd

from .analysis_config import POST, SHAP, Config, read_config
from .analysis_error import UserError
from .analysis_job import COMPLETED, message_of, read_baseline, run_analysis, write_report
from .bias_analysis import bias_sections_of, features_of, needs_model, positive_predictions
from .dataset import read_dataset
from .drift import violations_of
from .explanations import explain
from .shadow_endpoint import Predict, shadow_endpoint

BASELINE, MODEL = "baseline_constraints", "model_name"
REPORT, VIOLATIONS = "analysis.json", "constraint_violations.json"


def main() -> int:
    """Run the analysis of this container. Return the exit code."""
    return run_analysis(analyse)


def analyse(opt_ml: Path) -> str:
    """Write the reports. Return the job's message."""
    root = opt_ml / "processing"
    config = read_config(root / "input" / "config" / "analysis_config.json")
    data = read_dataset(root / "input" / "data", config)
    output = root / "output"
    output.mkdir(parents=True, exist_ok=True)
    with _model(config) as predict:
        report = {"version": "1.0", **_sections(config, data, predict, output)}
    write_report(output / REPORT, report)
    baseline = os.environ.get(BASELINE)
    if not baseline:
        return COMPLETED
    violations = violations_of(report, read_baseline(Path(baseline)))
    write_report(output / VIOLATIONS, {"version": "1.0", "violations": violations})
    return message_of(violations)


def _model(config: Config) -> AbstractContextManager[Predict | None]:
    if not needs_model(config):
        return nullcontext(None)
    predictor = config.get("predictor") or {}
    name = predictor.get("model_name") or os.environ.get(MODEL)
    if not name:
        raise UserError("predictor.model_name is missing: the methods need a model")
    return shadow_endpoint(name, predictor)


def _sections(
    config: Config, data: pd.DataFrame, predict: Predict | None, output: Path
) -> dict[str, Any]:
    features = features_of(config, data)
    found: dict[str, Any] = {}
    predicted = None
    if predict and POST in config["methods"]:
        predicted = positive_predictions(config, data, predict(features))
    if "facet" in config:
        found |= bias_sections_of(config, data, predicted)
    if predict and SHAP in config["methods"]:
        found["explanations"] = explain(config, features, predict, output)
    return found
