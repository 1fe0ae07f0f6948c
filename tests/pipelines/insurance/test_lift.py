"""The gate accepts models of generated customers, and rejects models of shuffled buyers."""

import numpy as np
import pytest
from scipy.stats import hypergeom

from pipeline_code.insurance.lift import lift_metrics
from pipeline_code.insurance.sample_data.__main__ import generate, generate_evaluation_set
from pipeline_code.insurance.train import Hyperparameters, estimator
from tests.definitions import definition

# One seed shows a typical mistake, ten show that the gate does not depend on the seed.
SEEDS = [0, *(pytest.param(seed, marks=pytest.mark.slow) for seed in range(1, 10))]


@pytest.fixture(scope="module")
def least_confidence():
    """The default of the gate's parameter."""
    parameters = {each["Name"]: each for each in definition("insurance").body["Parameters"]}
    return parameters["MinConfidence"]["DefaultValue"]


def measured(codes, buyers, evaluation_set):
    """Fit a model to the buyers, and measure it on the evaluation set."""
    model = estimator(Hyperparameters()).fit(codes, buyers)
    probability = model.predict_proba(evaluation_set[:, :-1])[:, 1]
    return lift_metrics(evaluation_set[:, -1] == 1, probability)


@pytest.mark.parametrize("seed", SEEDS)
def test_a_model_of_buyers_is_accepted_and_one_of_shuffled_buyers_rejected(seed, least_confidence):
    codes, evaluation_set = generate(seed), generate_evaluation_set(seed)
    buyers = codes[:, -1]
    good = measured(codes[:, :-1], buyers, evaluation_set)
    assert good["chosen"] == 800
    assert good["confidence"] >= least_confidence
    assert good["lift"] > 1.7
    shuffled = np.random.default_rng(seed).permutation(buyers)
    assert measured(codes[:, :-1], shuffled, evaluation_set)["confidence"] < least_confidence


@pytest.mark.real_data
@pytest.mark.parametrize("seed", SEEDS)
def test_published_customers(real_data, seed, least_confidence):
    rows = np.loadtxt(real_data / "insurance/ticdata2000.txt", dtype=np.int64)
    rows = np.random.default_rng(seed).permutation(rows)
    train, test = rows[: len(rows) * 6 // 10], rows[len(rows) * 6 // 10 :]
    good = measured(train[:, :-1], train[:, -1], test)
    assert good["confidence"] >= least_confidence
    assert good["lift"] > 1.9
    shuffled = np.random.default_rng(seed).permutation(train[:, -1])
    assert measured(train[:, :-1], shuffled, test)["confidence"] < least_confidence


def test_the_confidence_is_the_share_of_random_choices_that_find_fewer():
    truth = np.zeros(4_000, dtype=bool)
    truth[:238] = True
    perfect = lift_metrics(truth, truth.astype(float))
    assert perfect["buyers_chosen"] == 238
    assert perfect["lift"] == pytest.approx(5.0)
    # 67 of the buyers are among the 800 customers with the highest probabilities.
    probability = np.zeros(4_000)
    probability[:67] = 1
    probability[238 : 238 + 733] = 1
    found = lift_metrics(truth, probability)
    assert found["buyers_chosen"] == 67
    assert found["confidence"] == pytest.approx(1 - hypergeom.sf(66, 4_000, 238, 800))
    assert 0.998 < found["confidence"] < 1


def test_customers_with_equal_probabilities_are_chosen_at_random():
    sorted_by_truth = np.arange(4_000) < 238
    found = lift_metrics(sorted_by_truth, np.full(4_000, 0.06))
    assert 0.5 < found["lift"] < 1.5
    assert found["confidence"] < 0.999
