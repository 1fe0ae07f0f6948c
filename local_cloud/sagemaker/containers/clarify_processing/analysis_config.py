"""The settings of a job: analysis_config.json.

Source:
https://docs.aws.amazon.com/sagemaker/latest/dg/clarify-processing-job-configure-analysis.html
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from .analysis_error import UserError

Config = Mapping[str, Any]
CSV = "text/csv"
PRE, POST, SHAP = "pre_training_bias", "post_training_bias", "shap"
# The step of the SDK always asks for a report; only analysis.json is written here.
_METHODS = (PRE, POST, SHAP, "report")
# Features of the image that are not supported here.
_REFUSED = (
    *("joinsource_name_or_index", "facet_dataset_uri", "predicted_label_dataset_uri"),
    *("predicted_label", "excluded_columns", "features", "time_series_data_config"),
)
_REFUSED_OF_PREDICTOR = (
    *("endpoint_name", "content_template", "record_template", "custom_attributes"),
    *("accelerator_type", "target_model", "time_series_predictor_config"),
)
_REFUSED_OF_SHAP = ("num_clusters", "text_config", "image_config", "features_to_explain")


def read_config(path: Path) -> Config:
    """Read the settings. Raises UserError for an invalid or unsupported setting."""
    try:
        config: Config = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise UserError(f"analysis_config.json cannot be read: {error}") from error
    problem = next(_problems(config), None)
    if problem:
        raise UserError(problem)
    return config


def _problems(config: Config) -> Iterator[str]:
    yield from _given(config, _REFUSED, "analysis_config")
    yield from _only(config, "dataset_type", (CSV,), "analysis_config")
    methods = config.get("methods") or {}
    for name in methods:
        if name not in _METHODS:
            yield f"methods.{name}: the laptop cloud supports only {', '.join(_METHODS)}"
    if not {PRE, POST, SHAP} & set(methods):
        yield f"methods {list(methods)}: expected one of {PRE}, {POST} and {SHAP}"
    yield from _predictor(config.get("predictor") or {})
    yield from _shap(methods.get(SHAP) or {})


def _predictor(predictor: Config) -> Iterator[str]:
    yield from _given(predictor, _REFUSED_OF_PREDICTOR, "predictor")
    for member in ("content_type", "accept_type"):
        yield from _only(predictor, member, (CSV,), "predictor")
    for member in ("label", "probability"):
        if not isinstance(predictor.get(member, 0), int):
            yield f"predictor.{member} {predictor[member]!r}: expected an index of a CSV column"
    if len(predictor.get("label_headers") or ()) > 1:
        yield "predictor.label_headers: the laptop cloud supports only one score per row"


def _shap(shap: Config) -> Iterator[str]:
    yield from _given(shap, _REFUSED_OF_SHAP, "methods.shap")
    yield from _only(shap, "use_logit", (False,), "methods.shap")
    yield from _only(shap, "agg_method", ("mean_abs",), "methods.shap")
    if not isinstance(shap.get("baseline", []), list):
        yield "methods.shap.baseline: expected a list of rows; the laptop cloud reads no file"


def _given(config: Config, members: tuple[str, ...], where: str) -> Iterator[str]:
    for member in members:
        if config.get(member) is not None:
            yield f"{where}.{member}: the laptop cloud does not support it; leave it out"


def _only(config: Config, member: str, allowed: tuple[Any, ...], where: str) -> Iterator[str]:
    value = config.get(member, allowed[0])
    if value not in allowed:
        names = " or ".join(map(str, allowed))
        yield f"{where}.{member} {value}: the laptop cloud supports only {names}"
