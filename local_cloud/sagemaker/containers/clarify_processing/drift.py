"""Compares an analysis with the analysis of a baseline, for constraint_violations.json.

Sources: https://docs.aws.amazon.com/sagemaker/latest/dg/clarify-model-monitor-bias-drift-violations.html
https://docs.aws.amazon.com/sagemaker/latest/dg/clarify-model-monitor-model-attribution-drift-violations.html
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import numpy as np

from .bias_report import Document, metric_values

Violation = dict[str, str]
# "If the score is less than 0.9, then a violation is logged."
LEAST_NDCG = 0.9


def violations_of(report: Document, baseline: Document) -> list[Violation]:
    """Return the violations: metrics that differ, and a different order of importance."""
    return [*_bias(report, baseline), *_attribution(report, baseline)]


def _bias(report: Document, baseline: Document) -> Iterator[Violation]:
    values = metric_values(report)
    for (facet, value, name), expected in metric_values(baseline).items():
        # A metric that this job did not measure is no violation.
        if (facet, value, name) in values and values[facet, value, name] != expected:
            found = values[facet, value, name]
            yield {
                "facet": facet,
                "facet_value": value,
                "metric_name": name,
                "constraint_check_type": "bias_drift_check",
                "description": f"Value {found} does not meet the constraint requirement",
            }


def _attribution(report: Document, baseline: Document) -> Iterator[Violation]:
    importance, expected = _importance(report), _importance(baseline)
    for label in importance.keys() & expected.keys():
        score = ndcg(importance[label], expected[label])
        if score < LEAST_NDCG:
            yield {
                "label": label,
                "metric_name": "shap",
                "constraint_check_type": "feature_attribution_drift_check",
                "description": f"Feature attribution drift {score} exceeds threshold {LEAST_NDCG}",
            }


def _importance(report: Document) -> dict[str, Mapping[str, float]]:
    explained = report.get("explanations", {}).get("kernel_shap", {})
    return {label: entry["global_shap_values"] for label, entry in explained.items()}


def ndcg(importance: Mapping[str, float], expected: Mapping[str, float]) -> float:
    """Return how well the order of `importance` keeps the gain of `expected`, from 0 to 1."""

    def gain(order: Mapping[str, float]) -> float:
        names = sorted(order, key=lambda name: -order[name])
        gains = np.array([expected.get(name, 0.0) for name in names])
        return float(np.sum(gains / np.log2(np.arange(len(gains)) + 2)))

    ideal = gain(expected)
    return gain(importance) / ideal if ideal else 1.0
