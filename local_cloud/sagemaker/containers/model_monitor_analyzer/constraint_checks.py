"""Compares a dataset with a baseline: the six checks of constraint_violations.json.

Source: "Schema for Violations" of SageMaker Model Monitor.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from .analysis_error import UserError
from .columns import Column
from .distance import categorical_distance, numeric_distance, sketch_levels, sketch_of

Document = Mapping[str, Any]
Violation = dict[str, str]


def violations_of(
    columns: Sequence[Column], *, statistics: Document, constraints: Document
) -> list[Violation]:
    """Return the violations of `constraints`, including the drift from `statistics`."""
    known = {column.name: column for column in columns}
    expected = constraints["features"]
    figures = {feature["name"]: feature for feature in statistics["features"]}
    found = [*_other_columns(known, expected)]
    for feature in expected:
        config = _config(constraints, feature)
        column = known.get(feature["name"])
        if column is not None and config["evaluate_constraints"] == "Enabled":
            found += _feature_violations(column, feature, config, figures.get(column.name, {}))
    return found


def _feature_violations(
    column: Column, feature: Document, config: Document, baseline: Document
) -> Iterator[Violation]:
    yield from _type(column, feature, config)
    yield from _completeness(column, feature)
    yield from _domain(column, feature, config)
    yield from _drift(column, config["distribution_constraints"], baseline)


def _config(constraints: Document, feature: Document) -> Document:
    """Return the common options with the overrides of a feature."""
    common, own = constraints["monitoring_config"], feature.get("monitoringConfigOverrides") or {}
    name = "distribution_constraints"
    merged = {**common, **own, name: {**common.get(name, {}), **own.get(name, {})}}
    return {"evaluate_constraints": "Enabled", **merged}


def _other_columns(
    known: Mapping[str, Column], expected: Sequence[Document]
) -> Iterator[Violation]:
    names = [feature["name"] for feature in expected]
    counts = (
        f"Number of columns in current dataset: {len(known)}, Number of columns in baseline "
        f"constraints: {len(names)}"
    )
    for name in names:
        if name not in known:
            text = f"There are missing columns in current dataset. {counts}"
            yield _violation(name, "missing_column_check", text)
    for name in known:
        if name not in names:
            text = f"There are extra columns in current dataset. {counts}"
            yield _violation(name, "extra_column_check", text)


def _type(column: Column, feature: Document, config: Document) -> Iterator[Violation]:
    expected = feature["inferred_type"]
    share, minimum = column.share_of(expected), config["datatype_check_threshold"]
    if share < minimum:
        text = (
            f"Data type match requirement is not met. Expected data type: {expected}, Expected "
            f"match: {minimum:.1%}. Observed: Only {share:.2%} of data is {expected}."
        )
        yield _violation(column.name, "data_type_check", text)


def _completeness(column: Column, feature: Document) -> Iterator[Violation]:
    minimum = feature["completeness"]
    if column.completeness < minimum:
        text = (
            f"Completeness requirement is not met. Expected: at least {minimum:.2%} of the values. "
            f"Observed: {column.completeness:.2%} of the values are present."
        )
        yield _violation(column.name, "completeness_check", text)


def _domain(column: Column, feature: Document, config: Document) -> Iterator[Violation]:
    domains = (feature.get("string_constraints") or {}).get("domains")
    if not domains or not len(column.present):
        return
    known = sum(value in domains for value in column.present.to_pylist()) / len(column.present)
    if known < config["domain_content_threshold"]:
        text = (
            f"Categorical values requirement is not met. Expected match: "
            f"{config['domain_content_threshold']:.1%}. Observed: Only {known:.2%} of the values "
            "are in the baseline's domains."
        )
        yield _violation(column.name, "categorical_values_check", text)


def _drift(column: Column, config: Document, baseline: Document) -> Iterator[Violation]:
    if config.get("perform_comparison", "Enabled") != "Enabled":
        return
    distance = _distance(column, config, baseline)
    maximum = config["comparison_threshold"]
    if not column.is_numeric:
        maximum = config.get("categorical_comparison_threshold", maximum)
    if distance is not None and distance > maximum:
        text = f"Baseline drift distance: {distance} exceeds threshold: {maximum}"
        yield _violation(column.name, "baseline_drift_check", text)


def _distance(column: Column, config: Document, baseline: Document) -> float | None:
    """Return the distance from the baseline; None if one of the distributions is unknown."""
    robust = _is_robust(config)
    match baseline:
        case {"numerical_statistics": {"distribution": {"kll": {"sketch": {"data": levels}}}}}:
            if column.is_numeric:
                own = sketch_of(sketch_levels(column.numbers))
                return numeric_distance(own, sketch_of(levels), robust=robust)
        case {"string_statistics": {"distribution": {"categorical": {"buckets": buckets}}}}:
            counts = {bucket["value"]: bucket["count"] for bucket in buckets}
            if counts and column.categories and not column.is_numeric:
                return categorical_distance(column.categories, counts, robust=robust)
    return None


def _is_robust(config: Document) -> bool:
    method = config.get("comparison_method", "Robust")
    if method not in ("Simple", "Robust"):
        raise UserError(f"comparison_method {method}: expected Simple or Robust")
    if config.get("categorical_drift_method", "LInfinity") != "LInfinity":
        raise UserError("categorical_drift_method: the laptop cloud supports only LInfinity")
    return bool(method == "Robust")


def _violation(name: str, check: str, text: str) -> Violation:
    return {"feature_name": name, "constraint_check_type": check, "description": text}
