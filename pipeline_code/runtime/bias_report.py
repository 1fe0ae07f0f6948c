"""The bias sections of analysis.json, in the format of SageMaker Clarify.

Source of the format: "Schema for the analysis file",
https://docs.aws.amazon.com/sagemaker/latest/dg/clarify-processing-job-analysis-results.html

Imports are relative: the laptop's replacement of Clarify's image links to this file.
"""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from . import bias_metrics as metrics
from .bias_metrics import Flags, Numbers, Values
from .flip_test import flip_test

Document = dict[str, Any]
Measure = Callable[[], float]
# Of the normal distribution, for 99 %.
QUANTILE = 2.326


@dataclass(frozen=True)
class Facet:
    """A group of rows that may be disadvantaged: those with `value` in `column`.

    `known` is the difference in positive proportions (DPL) that the labels are known to have, for
    example in published data. The labels of a run are no better reference than this: who changes
    the labels changes the reference as well.
    """

    column: str
    value: str
    known: float


@dataclass(frozen=True)
class BiasConfig:
    """The facets of a pipeline, and the column whose groups CDDL and CDDPL compare separately.

    `features` returns column -> numbers of shape (rows, n), for the distance in the flip test.
    """

    facets: tuple[Facet, ...]
    group: str
    features: Callable[[pa.Table], Mapping[str, npt.NDArray[Any]]]


@dataclass(frozen=True)
class Outcomes:
    """What a bias metric needs, for one facet; `features` do not contain the facet's column."""

    facet: Flags
    positive: Flags
    predicted: Flags
    groups: Values
    features: Numbers


def pre_training(rows: Outcomes) -> list[Document]:
    """The metrics of the labels, sorted by name."""
    facet, labels = rows.facet, rows.positive
    return [
        _metric(
            "CDDL",
            "Conditional Demographic Disparity in Labels",
            lambda: metrics.conditional_disparity(facet, labels, rows.groups),
        ),
        _metric("CI", "Class Imbalance", lambda: metrics.class_imbalance(facet)),
        _metric(
            "DPL",
            "Difference in Positive Proportions in Labels",
            lambda: metrics.difference_in_proportions(facet, labels),
        ),
        _metric("JS", "Jensen-Shannon Divergence", lambda: metrics.js_divergence(facet, labels)),
        _metric("KL", "Kullback-Leibler Divergence", lambda: metrics.kl_divergence(facet, labels)),
        _metric("KS", "Kolmogorov-Smirnov Distance", lambda: metrics.ks_distance(facet, labels)),
        _metric("LP", "L-p Norm", lambda: metrics.lp_norm(facet, labels)),
        _metric(
            "TVD",
            "Total Variation Distance",
            lambda: metrics.total_variation_distance(facet, labels),
        ),
    ]


_OF_CONFUSIONS: Mapping[str, tuple[str, Callable[[metrics.Groups], float]]] = {
    "AD": ("Accuracy Difference", metrics.accuracy_difference),
    "DAR": ("Difference in Acceptance Rates", metrics.difference_in_acceptance_rates),
    "DCA": ("Difference in Conditional Acceptance", metrics.difference_in_conditional_acceptance),
    "DCR": ("Difference in Conditional Rejection", metrics.difference_in_conditional_rejection),
    "DRR": ("Difference in Rejection Rates", metrics.difference_in_rejection_rates),
    "RD": ("Recall Difference", metrics.recall_difference),
    "SD": ("Specificity Difference", metrics.specificity_difference),
    "TE": ("Treatment Equality", metrics.treatment_equality),
}


def post_training(rows: Outcomes) -> list[Document]:
    """The metrics of the predictions, sorted by name."""
    facet, predicted = rows.facet, rows.predicted

    def of_confusions(measure: Callable[[metrics.Groups], float]) -> Measure:
        return lambda: measure(metrics.confusions(facet, rows.positive, predicted))

    found = [
        _metric(name, description, of_confusions(measure))
        for name, (description, measure) in _OF_CONFUSIONS.items()
    ]
    found += [
        _metric(
            "CDDPL",
            "Conditional Demographic Disparity in Predicted Labels",
            lambda: metrics.conditional_disparity(facet, predicted, rows.groups),
        ),
        _metric("DI", "Disparate Impact", lambda: metrics.disparate_impact(facet, predicted)),
        _metric(
            "DPPL",
            "Difference in Positive Proportions in Predicted Labels",
            lambda: metrics.difference_in_proportions(facet, predicted),
        ),
        _metric("FT", "Flip Test", lambda: flip_test(rows.features, facet, predicted)),
        _metric(
            "GE",
            "Generalized Entropy",
            lambda: metrics.generalized_entropy(rows.positive, predicted),
        ),
    ]
    return sorted(found, key=lambda metric: metric["name"])


STAGES = {"pre_training": pre_training, "post_training": post_training}


def metric_values(report: Mapping[str, Any]) -> dict[tuple[str, str, str], Any]:
    """Return the values of an analysis.json by facet, its value, and the name of the metric."""
    return {
        (facet, entry["value_or_threshold"], metric["name"]): metric["value"]
        for stage in STAGES
        for facet, entries in report.get(f"{stage}_bias_metrics", {}).get("facets", {}).items()
        for entry in entries
        for metric in entry["metrics"]
    }


def bias_sections(
    label: str, positive: str, facets: Mapping[Facet, Outcomes]
) -> dict[str, Document]:
    """The members pre_training_bias_metrics and post_training_bias_metrics of analysis.json."""
    return {
        f"{name}_bias_metrics": bias_section(
            label, positive, {facet: measured(outcomes) for facet, outcomes in facets.items()}
        )
        for name, measured in STAGES.items()
    }


def bias_section(label: str, positive: str, facets: Mapping[Facet, list[Document]]) -> Document:
    """A section of analysis.json with the metrics of each facet."""
    return {
        "label": label,
        "label_value_or_threshold": positive,
        "facets": _by_column(facets),
    }


def bias_increase(facets: Mapping[Facet, Outcomes]) -> Document:
    """The largest significant increase of bias by the model, for a gate.

    The increase is |DPPL| minus the smaller of |DPL| of the labels and |DPL| that is known. Its
    `value` is the lower bound of its one-sided confidence interval of 99 %, so few rows with a
    large error do not reject a model. Raises ValueError if all rows or no rows belong to a facet,
    because it cannot be checked then.
    """
    increases = [_increase(facet, rows) for facet, rows in facets.items()]
    return max(increases, key=lambda increase: increase["value"])


def _increase(facet: Facet, rows: Outcomes) -> Document:
    of_labels, of_model = (
        abs(metrics.difference_in_proportions(rows.facet, values))
        for values in (rows.positive, rows.predicted)
    )
    known = abs(facet.known)
    compared = rows.predicted.astype(np.float64)
    if of_labels <= known:
        compared -= rows.positive
    error = math.sqrt(
        sum(each.var() / len(each) for each in (compared[~rows.facet], compared[rows.facet]))
    )
    increase = of_model - min(of_labels, known)
    return {
        "value": increase - QUANTILE * error,
        "message": f"Facet {facet.column}={facet.value}: |DPPL| of the model is {of_model:.4f}, "
        f"|DPL| of the labels is {of_labels:.4f}, known is {known:.4f}; the increase is "
        f"{increase:.4f} with a standard error of {error:.4f}.",
    }


def _by_column(measured: Mapping[Facet, list[Document]]) -> dict[str, list[Document]]:
    found: dict[str, list[Document]] = {}
    for facet, values in measured.items():
        entry = {"value_or_threshold": facet.value, "metrics": values}
        found.setdefault(facet.column, []).append(entry)
    return found


def _metric(name: str, description: str, measure: Measure) -> Document:
    """A metric; without a value if it is not defined for the rows, with the reason."""
    shown = {"name": name, "description": f"{description} ({name})"}
    try:
        value = measure()
    except ValueError as error:
        return {**shown, "value": None, "error": str(error)}
    if math.isinf(value):  # JSON has no infinity; smclarify writes these texts
        return {**shown, "value": "Infinity" if value > 0 else "-Infinity"}
    return {**shown, "value": value}
