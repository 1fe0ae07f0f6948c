"""The settings in the environment variables of the container.

Source: "Container Contract Inputs" of SageMaker Model Monitor.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from .analysis_error import UserError

# Features of the image that are not supported here.
REFUSED = {
    "record_preprocessor_script": "preprocessing scripts",
    "post_analytics_processor_script": "post-processing scripts",
}
ANALYSES = (DATA_QUALITY, MODEL_QUALITY) = ("DATA_QUALITY", "MODEL_QUALITY")
FORMATS = '{"csv": {"header": true or false}} and {"json": {"lines": true}}'


@dataclass(frozen=True)
class AnalysisSettings:
    """An analysis. `source` is a folder of files. Without a `baseline`, a baseline is suggested.

    `header` is whether CSV files start with the column names. None means JSON lines. `problem_type`
    is that of a model quality analysis; None means data quality.
    """

    source: Path
    output: Path
    header: bool | None
    baseline: Baseline | None
    problem_type: str | None


@dataclass(frozen=True)
class Baseline:
    """The baseline files, with which the data is compared."""

    statistics: Path
    constraints: Path


def read_settings(variables: Mapping[str, str]) -> AnalysisSettings:
    """Read the settings from a job's environment.

    Raises UserError for a missing or unsupported setting.
    """
    for name, what in REFUSED.items():
        if variables.get(name):
            raise UserError(f"{name}: the laptop cloud's analyzer does not support {what}")
    analysis = variables.get("analysis_type") or DATA_QUALITY
    if analysis not in ANALYSES:
        supported = " and ".join(ANALYSES)
        raise UserError(f"analysis_type {analysis}: the laptop cloud supports {supported} only")
    if variables.get("publish_cloudwatch_metrics") == "Enabled":
        raise UserError(
            "publish_cloudwatch_metrics Enabled: only monitoring schedules publish metrics, which "
            "the laptop cloud does not have; use Disabled"
        )
    method = variables.get("categorical_drift_method") or "LInfinity"
    if method != "LInfinity":
        raise UserError(
            f"categorical_drift_method {method}: the laptop cloud supports LInfinity only"
        )
    return AnalysisSettings(
        source=Path(_required(variables, "dataset_source")),
        output=Path(_required(variables, "output_path")),
        header=_header(_required(variables, "dataset_format")),
        baseline=_baseline(variables),
        problem_type=_required(variables, "problem_type") if analysis == MODEL_QUALITY else None,
    )


def _required(variables: Mapping[str, str], name: str) -> str:
    value = variables.get(name)
    if not value:
        raise UserError(f"the variable {name} is missing: see Container Contract Inputs")
    return value


def _baseline(variables: Mapping[str, str]) -> Baseline | None:
    names = ("baseline_statistics", "baseline_constraints")
    if not any(variables.get(name) for name in names):
        return None
    statistics, constraints = (Path(_required(variables, name)) for name in names)
    return Baseline(statistics=statistics, constraints=constraints)


def _header(dataset_format: str) -> bool | None:
    match json.loads(dataset_format):
        case {"csv": {"header": bool(header)}}:
            return header
        case {"csv": {"header": ("true" | "false") as header}}:
            return bool(header == "true")
        case {"json": {"lines": True | "true"}}:
            return None
    raise UserError(f"dataset_format {dataset_format}: the laptop cloud's analyzer reads {FORMATS}")
