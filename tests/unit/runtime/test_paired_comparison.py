"""The row-by-row comparison of two classifiers."""

from __future__ import annotations

import numpy as np
import pytest

from pipeline_code.runtime.paired_comparison import paired_comparison

ACCURACY = "accuracy_difference_from_default"
LOG_LOSS = "log_loss_difference_from_default"


def rows(count, seed=0):
    random = np.random.default_rng(seed)
    truth = random.uniform(0.05, 0.95, count)
    return random.uniform(size=count) < truth, truth, random


def test_a_worse_classifier_is_different():
    labels, truth, _ = rows(4000)
    found = paired_comparison(labels, truth, np.full(len(truth), 0.5))
    assert found[LOG_LOSS]["value"] < 0 < found[ACCURACY]["value"]
    low, high = found[LOG_LOSS]["interval_95"]
    assert low < found[LOG_LOSS]["value"] < high < 0
    assert found[LOG_LOSS]["is_different"]


def test_equal_predictions_have_no_difference():
    labels, truth, _ = rows(100)
    found = paired_comparison(labels, truth, truth)
    assert found[ACCURACY] == {
        "value": 0.0,
        "standard_deviation": 0.0,
        "interval_95": [0.0, 0.0],
        "is_different": False,
    }


def test_the_interval_contains_no_difference_in_95_percent_of_the_samples():
    """Two classifiers with the same noise differ by chance only."""
    covered = 0
    for seed in range(200):
        labels, truth, random = rows(500, seed)
        one, other = (np.clip(truth + random.normal(0, 0.1, 500), 0.01, 0.99) for _ in range(2))
        covered += not paired_comparison(labels, one, other)[LOG_LOSS]["is_different"]
    assert covered / 200 == pytest.approx(0.95, abs=0.04)
