"""Model quality: metrics of predictions and labels, their constraints and violations.

Source: https://docs.aws.amazon.com/sagemaker/latest/dg/model-monitor-model-quality-metrics.html
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from .analysis_error import UserError
from .classification_metrics import binary_metrics, multiclass_metrics
from .quality_columns import QualityRows

Document = Mapping[str, Any]
Metrics = Mapping[str, Any]
# "Standard deviation for metrics are provided only when at least 200 samples are available":
# that of five random samples of 80 % of the rows.
_LEAST_ROWS, _SAMPLES, _SHARE = 200, 5, 0.8
_FALLS, _RISES = "LessThanThreshold", "GreaterThanThreshold"
# The metrics that get worse when they rise. All others get worse when they fall.
_ERRORS = {"mae", "mse", "rmse", "false_positive_rate", "false_negative_rate"}


def regression_metrics(rows: QualityRows) -> Metrics:
    """Return the errors of numeric predictions."""
    truth, predicted = rows.numbers("ground truth"), rows.numbers("prediction")
    errors = predicted - truth
    mse = float(np.mean(errors**2))
    spread = float(np.mean((truth - truth.mean()) ** 2))
    return {
        "mae": float(np.mean(np.abs(errors))),
        "mse": mse,
        "rmse": float(np.sqrt(mse)),
        "r2": 1 - mse / spread if spread else float("nan"),
    }


@dataclass(frozen=True)
class ProblemType:
    """A type of problem: the prefix of its members in the reports, and its metrics."""

    prefix: str
    measure: Callable[[QualityRows], Metrics]


PROBLEM_TYPES = {
    "Regression": ProblemType("regression", regression_metrics),
    "BinaryClassification": ProblemType("binary_classification", binary_metrics),
    "MulticlassClassification": ProblemType("multiclass_classification", multiclass_metrics),
}


def quality_statistics(problem_type: str, rows: QualityRows) -> dict[str, Any]:
    """Return statistics.json."""
    kind = _kind(problem_type)
    values = kind.measure(rows)
    spread = _deviations(kind, rows)
    shown = {
        name: {"value": _json(value), "standard_deviation": spread(name)}
        if isinstance(value, float)
        else value
        for name, value in values.items()
    }
    return {
        "version": 0.0,
        "dataset": {"item_count": len(rows)},
        f"{kind.prefix}_metrics": shown,
    }


def quality_constraints(problem_type: str, statistics: Document) -> dict[str, Any]:
    """Return constraints.json: no metric may become worse than it is."""
    prefix = _kind(problem_type).prefix
    suggested = {
        name: {
            "threshold": metric["value"],
            "comparison_operator": _RISES if name in _ERRORS else _FALLS,
        }
        for name, metric in statistics[f"{prefix}_metrics"].items()
        if "value" in metric and metric["value"] != "NaN" and "best_constant" not in name
    }
    return {"version": 0.0, f"{prefix}_constraints": suggested}


def quality_violations(
    problem_type: str, statistics: Document, constraints: Document
) -> Iterator[dict[str, str]]:
    """Yield the violations of the constraints of a baseline."""
    prefix = _kind(problem_type).prefix
    if f"{prefix}_constraints" not in constraints:
        raise UserError(f"the baseline has no {prefix}_constraints: it is for another problem_type")
    metrics = statistics[f"{prefix}_metrics"]
    for name, limit in constraints[f"{prefix}_constraints"].items():
        found, threshold = metrics.get(name, {}).get("value"), float(limit["threshold"])
        operator = limit["comparison_operator"]
        if not isinstance(found, float):
            continue
        if found < threshold if operator == _FALLS else found > threshold:
            spread = metrics[name]["standard_deviation"]
            yield {
                "constraint_check_type": operator,
                "description": f"Metric {name} with {found} +/- {spread} was {operator} "
                f"'{threshold}'",
                "metric_name": name,
            }


def _kind(problem_type: str) -> ProblemType:
    if problem_type not in PROBLEM_TYPES:
        raise UserError(f"problem_type {problem_type}: expected {', '.join(PROBLEM_TYPES)}")
    return PROBLEM_TYPES[problem_type]


def _deviations(kind: ProblemType, rows: QualityRows) -> Callable[[str], float | str]:
    if len(rows) < _LEAST_ROWS:
        return lambda name: "NaN"
    rng = np.random.default_rng(0)
    size = int(_SHARE * len(rows))
    samples = [
        kind.measure(rows.take(rng.choice(len(rows), size, replace=False))) for _ in range(_SAMPLES)
    ]
    return lambda name: _json(float(np.std([sample[name] for sample in samples])))


def _json(value: float) -> float | str:
    return value if np.isfinite(value) else "NaN"
