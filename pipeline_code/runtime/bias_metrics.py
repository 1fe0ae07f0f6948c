"""Bias metrics of SageMaker Clarify: how differently data or a model treat two groups of rows.

`facet` is true for the rows of facet d, the group that may be disadvantaged; all other rows are
facet a. `positive` and `predicted` are true for the favourable label and for its prediction. All
arrays have the shape (rows,). A positive difference means that facet d is disadvantaged. Formulas:
https://docs.aws.amazon.com/sagemaker/latest/dg/clarify-measure-data-bias.html before training,
https://docs.aws.amazon.com/sagemaker/latest/dg/clarify-measure-post-training-bias.html after it.

As in AWS' library smclarify, 0 / 0 is 0, and any other number / 0 is infinite. ValueError: a metric
is not defined, because a group or a kind of label has no rows.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Flags = npt.NDArray[np.bool_]
Numbers = npt.NDArray[np.float64]
Values = npt.NDArray[np.generic]


def class_imbalance(facet: Flags) -> float:
    """CI: (n_a - n_d) / n, from -1 to 1."""
    _require_both(facet)
    return float(1 - 2 * facet.mean())


def difference_in_proportions(facet: Flags, positive: Flags) -> float:
    """DPL of labels, or DPPL of predictions: q_a - q_d, from -1 to 1."""
    _require_both(facet)
    return float(positive[~facet].mean() - positive[facet].mean())


def kl_divergence(facet: Flags, labels: Values) -> float:
    """KL: the divergence of the labels of facet a from those of facet d, in nats."""
    a, d = _distributions(facet, labels)
    return float(np.sum(a * np.log(a / d)))


def js_divergence(facet: Flags, labels: Values) -> float:
    """JS: the mean divergence of both distributions from their mean, from 0 to ln(2)."""
    a, d = _distributions(facet, labels)
    mean = (a + d) / 2
    return float(np.sum(a * np.log(a / mean)) + np.sum(d * np.log(d / mean))) / 2


def lp_norm(facet: Flags, labels: Values, order: float = 2) -> float:
    """LP: the norm of the difference of the distributions, from 0 to sqrt(2) for order 2."""
    a, d = _distributions(facet, labels)
    return float(np.linalg.norm(a - d, order))


def total_variation_distance(facet: Flags, labels: Values) -> float:
    """TVD: half of the norm of order 1, from 0 to 1."""
    return lp_norm(facet, labels, 1) / 2


def ks_distance(facet: Flags, labels: Values) -> float:
    """KS: the largest difference of the share of a label, from 0 to 1."""
    return lp_norm(facet, labels, math.inf)


def conditional_disparity(facet: Flags, positive: Flags, groups: Values) -> float:
    """CDDL of labels, or CDDPL of predictions, from -1 to 1.

    The demographic disparity of a group is the share of facet d in its rejected rows minus the
    share of facet d in its accepted rows. The result is the mean over `groups`, weighted by rows.
    """
    if positive.all() or not positive.any():
        raise ValueError("all labels are the same")
    _, places, counts = np.unique(groups, return_inverse=True, return_counts=True)

    def shares(rows: Flags) -> Numbers:
        total = np.bincount(places[rows], minlength=len(counts))
        return np.bincount(places[rows & facet], minlength=len(counts)) / np.maximum(total, 1)

    return float(np.average(shares(~positive) - shares(positive), weights=counts))


def disparate_impact(facet: Flags, predicted: Flags) -> float:
    """DI: q'_d / q'_a, from 0 to infinity; 1 means equal proportions."""
    _require_both(facet)
    return _ratio(float(predicted[facet].mean()), float(predicted[~facet].mean()))


@dataclass(frozen=True)
class Confusion:
    """The counts of true and false, positive and negative predictions."""

    tp: int
    fp: int
    fn: int
    tn: int


@dataclass(frozen=True)
class Groups:
    """The confusion matrices of the facets a and d."""

    a: Confusion
    d: Confusion


def confusions(facet: Flags, positive: Flags, predicted: Flags) -> Groups:
    """Return the counts of each facet."""
    _require_both(facet)

    def count(rows: Flags) -> Confusion:
        counts = np.bincount(2 * positive[rows] + predicted[rows], minlength=4)
        tn, fp, fn, tp = (int(each) for each in counts)
        return Confusion(tp=tp, fp=fp, fn=fn, tn=tn)

    return Groups(count(~facet), count(facet))


def difference_in_conditional_acceptance(groups: Groups) -> float:
    """DCA: c_a - c_d; c is the ratio of positive labels to positive predictions."""
    return _difference(
        groups.a, groups.d, lambda each: _ratio(each.tp + each.fn, each.tp + each.fp)
    )


def difference_in_conditional_rejection(groups: Groups) -> float:
    """DCR: r_d - r_a; r is the ratio of negative labels to negative predictions."""
    return _difference(
        groups.d, groups.a, lambda each: _ratio(each.tn + each.fp, each.tn + each.fn)
    )


def recall_difference(groups: Groups) -> float:
    """RD: the share of positive labels that are predicted, a - d."""
    return _difference(groups.a, groups.d, lambda each: _ratio(each.tp, each.tp + each.fn))


def specificity_difference(groups: Groups) -> float:
    """SD: the share of negative labels that are predicted, d - a."""
    return _difference(groups.d, groups.a, lambda each: _ratio(each.tn, each.tn + each.fp))


def difference_in_acceptance_rates(groups: Groups) -> float:
    """DAR: the share of correct positive predictions, a - d."""
    return _difference(groups.a, groups.d, lambda each: _ratio(each.tp, each.tp + each.fp))


def difference_in_rejection_rates(groups: Groups) -> float:
    """DRR: the share of correct negative predictions, d - a."""
    return _difference(groups.d, groups.a, lambda each: _ratio(each.tn, each.tn + each.fn))


def accuracy_difference(groups: Groups) -> float:
    """AD: the share of correct predictions, a - d."""
    return _difference(
        groups.a,
        groups.d,
        lambda each: _ratio(each.tp + each.tn, each.tp + each.fp + each.fn + each.tn),
    )


def treatment_equality(groups: Groups) -> float:
    """TE: the ratio of false negatives to false positives, d - a."""
    return _difference(groups.d, groups.a, lambda each: _ratio(each.fn, each.fp))


def generalized_entropy(positive: Flags, predicted: Flags) -> float:
    """GE: half of the squared coefficient of variation of the benefits, at least 0.

    The benefit of a row is 0 for a false negative, 2 for a false positive, otherwise 1.
    """
    benefit = 1.0 + predicted - positive.astype(np.float64)
    if not benefit.any():
        raise ValueError("all predictions are false negatives")
    return float(np.mean((benefit / benefit.mean()) ** 2 - 1) / 2)


def _require_both(facet: Flags) -> None:
    if facet.all() or not facet.any():
        raise ValueError("all rows or no rows belong to the facet")


def _distributions(facet: Flags, labels: Values) -> tuple[Numbers, Numbers]:
    """The shares of the labels that both facets have, in facet a and in facet d."""
    _require_both(facet)
    values, places = np.unique(labels, return_inverse=True)
    a, d = (
        np.bincount(places[rows], minlength=len(values)) / rows.sum() for rows in (~facet, facet)
    )
    common = (a > 0) & (d > 0)
    if not common.any():
        raise ValueError("the facets have no label in common")
    return a[common], d[common]


def _difference(one: Confusion, other: Confusion, measure: Callable[[Confusion], float]) -> float:
    first, second = measure(one), measure(other)
    return 0.0 if first == second else first - second  # also if both are infinite


def _ratio(part: float, whole: float) -> float:
    if whole:
        return part / whole
    return math.inf if part else 0.0
