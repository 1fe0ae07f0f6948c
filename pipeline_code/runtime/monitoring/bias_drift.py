"""Compares the bias of requests with the bias of the registered version, as Clarify's monitor does.

A violation is a metric that is further from 0 than in the baseline
(https://docs.aws.amazon.com/sagemaker/latest/dg/clarify-model-monitor-bias-drift-violations.html).
Here it must be further by more than a tolerance and than chance explains. Only metrics that are
differences of two shares of rows have such an error. The others say the same in another unit (KL,
JS, LP, TVD, KS, DI), are ratios without a bound (DCA, DCR, TE), are no shares of independent rows
(CDDL, CDDPL, FT, GE), or describe who asks (CI), which is drift of inputs.
"""

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from statistics import NormalDist
from typing import Any

from pipeline_code.runtime.bias_metrics import Flags, class_imbalance
from pipeline_code.runtime.bias_report import Document, Facet, Outcomes, metric_values

CHECK = "bias_drift_check"
# In each group; with fewer rows a share is not normally distributed.
LEAST_ROWS = 30
COMPARED, NO_BASELINE, TOO_FEW_ROWS = "Compared", "NoBaseline", "TooFewRows"
# The rows that count, and those of them whose share is compared.
Shares = Callable[[Outcomes], tuple[Flags, Flags]]


def _everyone(rows: Outcomes) -> Flags:
    return rows.facet | ~rows.facet


OF_PREDICTIONS: Mapping[str, Shares] = {
    "DPPL": lambda rows: (_everyone(rows), rows.predicted),
}
OF_LABELS: Mapping[str, Shares] = {
    **OF_PREDICTIONS,
    "DPL": lambda rows: (_everyone(rows), rows.positive),
    "AD": lambda rows: (_everyone(rows), rows.positive == rows.predicted),
    "RD": lambda rows: (rows.positive, rows.predicted),
    "SD": lambda rows: (~rows.positive, ~rows.predicted),
    "DAR": lambda rows: (rows.predicted, rows.positive),
    "DRR": lambda rows: (~rows.predicted, ~rows.positive),
}


@dataclass(frozen=True)
class BiasLimits:
    """By how much a metric may be further from 0, and the most false alarms per run."""

    tolerance: float
    false_alarm_rate: float


@dataclass(frozen=True)
class ComparedMetric:
    """A metric in the window and in the baseline.

    `change` is the increase of its distance from 0. `standard_error` and `lower_bound` are those of
    the change.
    """

    facet: str
    facet_value: str
    metric_name: str
    value: float
    baseline: float
    change: float
    standard_error: float
    lower_bound: float


def bias_drift(
    report: Document,
    baseline: Mapping[str, Any] | None,
    facets: Mapping[Facet, Outcomes],
    *,
    has_labels: bool,
    limits: BiasLimits,
) -> Document:
    """The member `bias_drift` of bias.json: the compared metrics, and the violations.

    `report` and `baseline` have the format of analysis.json. `outcome` is Compared; NoBaseline if
    the version was registered without a report of these metrics and of the number of its rows; or
    TooFewRows if a group has fewer than 30 rows for each metric. Only Compared has values. Without
    labels, the metrics of the predictions are compared alone.
    """
    names = OF_LABELS if has_labels else OF_PREDICTIONS
    values, expected = metric_values(report), metric_values(baseline or {})
    count = (baseline or {}).get("dataset", {}).get("item_count", 0)
    errors: dict[tuple[str, str, str], float | None] = {}
    for facet, rows in facets.items() if count else ():
        of_baseline = _rows_of_groups(count, expected.get((facet.column, facet.value, "CI")), rows)
        for name, shares in names.items():
            key = (facet.column, facet.value, name)
            if values.get(key) is not None and expected.get(key) is not None:
                errors[key] = _standard_error(rows.facet, *shares(rows), of_baseline=of_baseline)
    if not errors:
        return {"outcome": NO_BASELINE}
    few = [" ".join(key) for key, error in errors.items() if error is None]
    known = {key: error for key, error in errors.items() if error is not None}
    if not known:
        return {"outcome": TOO_FEW_ROWS, "too_few_rows": few}
    quantile = NormalDist().inv_cdf(1 - limits.false_alarm_rate / (2 * len(known)))
    compared = [
        _compared(key, values[key], expected[key], error=error, quantile=quantile)
        for key, error in known.items()
    ]
    violated = [each for each in compared if each.lower_bound > limits.tolerance]
    return {
        "outcome": COMPARED,
        "drifted_bias_metrics": {"value": len(violated)},
        "largest_bias_change": {"value": max(each.change for each in compared)},
        "tolerance": limits.tolerance,
        "compared": [asdict(each) for each in compared],
        "too_few_rows": few,
        "violations": list(_violations(violated, limits.tolerance)),
    }


def _compared(
    key: tuple[str, str, str], value: float, baseline: float, *, error: float, quantile: float
) -> ComparedMetric:
    change = abs(value) - abs(baseline)
    return ComparedMetric(*key, value, baseline, change, error, change - quantile * error)


def has_enough_rows(facet: Flags) -> bool:
    """Whether both groups have enough rows for shares with an error."""
    return min(int(facet.sum()), int((~facet).sum())) >= LEAST_ROWS


def _rows_of_groups(count: int, imbalance: float | None, rows: Outcomes) -> tuple[float, float]:
    """The numbers of rows of facet d and of facet a in a baseline of `count` rows.

    `imbalance` is its CI, (n_a - n_d) / n; without it, the groups are those of the window.
    """
    known = class_imbalance(rows.facet) if imbalance is None else imbalance
    return count * (1 - known) / 2, count * (1 + known) / 2


def _standard_error(
    facet: Flags, among: Flags, chosen: Flags, *, of_baseline: tuple[float, float]
) -> float | None:
    """The error of the change of the difference of the shares of `chosen` in `among`.

    The baseline has an error as well: that of its rows of each group, of which as many are in
    `among` as in the window. It is None for too few rows.
    """
    variance = 0.0
    for group, expected in zip((facet, ~facet), of_baseline, strict=True):
        rows = chosen[group & among]
        if len(rows) < LEAST_ROWS:
            return None
        # With one more row of each kind, because the error of a share of 0 or 1 would be 0.
        share = (float(rows.sum()) + 1) / (len(rows) + 2)
        more = 1 + float(group.sum()) / max(expected, 1)
        variance += share * (1 - share) / len(rows) * more
    return math.sqrt(variance)


def _violations(violated: Sequence[ComparedMetric], tolerance: float) -> Iterator[Document]:
    """The members of constraint_violations.json."""
    for each in violated:
        yield {
            "facet": each.facet,
            "facet_value": each.facet_value,
            "metric_name": each.metric_name,
            "constraint_check_type": CHECK,
            "description": f"Value {each.value} does not meet the constraint requirement: the "
            f"baseline is {each.baseline}, it is further from 0 by at least "
            f"{each.lower_bound:.4f}, and {tolerance} is allowed",
        }


def violations_document(drift: Mapping[str, Any]) -> Document:
    """The document constraint_violations.json of a comparison."""
    return {"version": "1.0", "violations": drift["violations"]}
