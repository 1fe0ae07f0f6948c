"""Suggests constraints.json. Source: "Schema for Constraints" of SageMaker Model Monitor."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from .columns import Column

# The thresholds that the image suggests.
MONITORING_CONFIG: Mapping[str, Any] = {
    "evaluate_constraints": "Enabled",
    "emit_metrics": "Enabled",
    "datatype_check_threshold": 1.0,
    "domain_content_threshold": 1.0,
    "distribution_constraints": {
        "perform_comparison": "Enabled",
        "comparison_threshold": 0.1,
        "comparison_method": "Robust",
        "categorical_comparison_threshold": 0.1,
        "categorical_drift_method": "LInfinity",
    },
}


def constraints_of(columns: Sequence[Column]) -> dict[str, Any]:
    """Return the constraints that the columns of a dataset suggest."""
    return {
        "version": 0.0,
        "features": [_feature(column) for column in columns],
        "monitoring_config": MONITORING_CONFIG,
    }


def _feature(column: Column) -> dict[str, Any]:
    suggested = {
        "name": column.name,
        "inferred_type": column.inferred_type,
        "completeness": column.completeness,
    }
    if column.is_numeric:
        suggested["num_constraints"] = {"is_non_negative": bool(column.numbers.min() >= 0)}
    elif column.categories:
        suggested["string_constraints"] = {"domains": list(column.categories)}
    return suggested
