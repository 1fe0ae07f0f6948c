"""The measure of the CoIL challenge: the buyers among the customers that the model chooses.

Source: "CoIL Challenge 2000: The Insurance Company Case" (van der Putten and van Someren, 2000).
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np

from pipeline_code.runtime.binary_problem import PROBLEM
from pipeline_code.runtime.bootstrap import with_deviations
from pipeline_code.runtime.classification import Numbers, Truth
from pipeline_code.runtime.dataset import Dataset

# Of the 4,000 customers of the evaluation set, 800 may be written to.
CHOSEN, CUSTOMERS = 800, 4_000


def lift_metrics(truth: Truth, probability: Numbers) -> dict[str, float]:
    """Return the numbers of chosen customers and buyers among them, the lift and the confidence.

    A fifth of the customers is chosen, those with the highest probabilities; customers with equal
    probabilities in random order. `lift` is the share of buyers among the chosen customers, divided
    by their share among all. `confidence` is the probability that a random choice finds fewer
    buyers (hypergeometric distribution).
    """
    from scipy.stats import hypergeom

    chosen = max(1, len(truth) * CHOSEN // CUSTOMERS)
    shuffled = np.random.default_rng(0).permutation(len(truth))
    order = shuffled[np.argsort(-probability[shuffled], kind="stable")]
    found, buyers = int(truth[order[:chosen]].sum()), int(truth.sum())
    return {
        "chosen": float(chosen),
        "buyers_chosen": float(found),
        "lift": found / chosen / (buyers / len(truth)),
        "confidence": float(hypergeom.cdf(found - 1, len(truth), buyers, chosen)),
    }


def _metrics(truth: Truth, probability: Numbers) -> dict[str, float]:
    return PROBLEM.metrics(truth, probability) | lift_metrics(truth, probability)


def _report(
    dataset: Dataset, truth: Truth, probability: Numbers, facts: Mapping[str, Any]
) -> dict[str, Any]:
    report = PROBLEM.report(dataset, truth, probability, facts)
    measured = with_deviations(truth, probability, lift_metrics, seed=0)
    report["binary_classification_metrics"] |= measured
    return report


# The prediction of a class, with the measure of the challenge among its metrics.
CHOICE_OF_CUSTOMERS = replace(PROBLEM, report=_report, metrics=_metrics)
