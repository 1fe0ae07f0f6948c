"""The search of tuning jobs without training jobs: strategies, ranges and scales."""

from __future__ import annotations

import math

import pytest

from local_cloud.sagemaker.jobs.tuning.search import Search
from local_cloud.sagemaker.jobs.tuning.tuning_settings import read_settings

RATE = {"Name": "rate", "MinValue": "0.0001", "MaxValue": "10", "ScalingType": "Logarithmic"}
DECAY = {
    "Name": "decay",
    "MinValue": "0.0",
    "MaxValue": "0.999",
    "ScalingType": "ReverseLogarithmic",
}
DEPTH = {"Name": "depth", "MinValue": "1", "MaxValue": "9"}
KIND = {"Name": "kind", "Values": ["a", "b"]}
RANGES = {
    "ContinuousParameterRanges": [RATE, DECAY],
    "IntegerParameterRanges": [DEPTH],
    "CategoricalParameterRanges": [KIND],
}


def search(ranges=RANGES, jobs=60, **config):
    return Search(
        read_settings(
            {
                "HyperParameterTuningJobConfig": {
                    "Strategy": "Random",
                    "HyperParameterTuningJobObjective": {"Type": "Minimize", "MetricName": "loss"},
                    "ResourceLimits": {
                        "MaxNumberOfTrainingJobs": jobs,
                        "MaxParallelTrainingJobs": 1,
                    },
                    "ParameterRanges": ranges,
                    "RandomSeed": 1,
                    **config,
                },
                "TrainingJobDefinition": {},
            }
        )
    )


def tried(made, count, loss=lambda given: 0.0):
    """Return the proposals, each with its loss, of a search that gets these losses."""
    found = []
    for _ in range(count):
        proposal = made.propose()
        value = loss(proposal.hyperparameters)
        proposal.end([value], objective=value, stopped=False)
        found.append((proposal.hyperparameters, value))
    return found


@pytest.mark.parametrize("strategy", ["Random", "Bayesian", "Hyperband"])
def test_every_value_is_in_its_range(strategy):
    for given, _ in tried(search(Strategy=strategy), 40):
        assert 0.0001 <= float(given["rate"]) <= 10
        assert 0 <= float(given["decay"]) <= 0.999
        assert int(given["depth"]) in range(1, 10)
        assert given["kind"] in ("a", "b")


def test_a_logarithmic_scale_gives_each_power_the_same_share():
    rates = [float(given["rate"]) for given, _ in tried(search(), 200)]
    assert 60 <= sum(rate < 0.0316 for rate in rates) <= 140
    decays = [1 - float(given["decay"]) for given, _ in tried(search(), 200)]
    assert 60 <= sum(decay < 0.0316 for decay in decays) <= 140


def test_the_same_seed_gives_the_same_search():
    assert tried(search(), 5) == tried(search(), 5)
    assert tried(search(RandomSeed=2), 5) != tried(search(), 5)


def loss(given):
    return math.log10(float(given["rate"]) / 0.1) ** 2 + abs(int(given["depth"]) - 4)


def test_the_bayesian_search_learns_and_is_better_than_the_random_search():
    bayesian = tried(search(Strategy="Bayesian"), 60, loss)
    late = [value for _, value in bayesian[30:]]
    random = [value for _, value in tried(search(), 60, loss)]
    assert sum(late) / len(late) < 0.5 * sum(random) / len(random)


def epochs(depth):
    """The objective of a training job after each of nine epochs."""
    return [depth + 1 / epoch for epoch in range(1, 10)]


@pytest.mark.parametrize(
    "config",
    [
        {"TrainingJobEarlyStoppingType": "Auto"},
        {
            "Strategy": "Hyperband",
            "StrategyConfig": {"HyperbandStrategyConfig": {"MinResource": 1, "MaxResource": 9}},
        },
    ],
    ids=["running averages", "Hyperband"],
)
def test_hopeless_training_jobs_are_stopped(config):
    made = search({"IntegerParameterRanges": [DEPTH]}, **config)
    ended = {}
    for _ in range(40):
        proposal = made.propose()
        values = epochs(int(proposal.hyperparameters["depth"]))
        stopped = any(proposal.should_stop(values[: count + 1]) for count in range(9))
        proposal.end(values, objective=values[-1], stopped=stopped)
        ended.setdefault(int(proposal.hyperparameters["depth"]), []).append(stopped)
    assert not all(ended[1])
    assert sum(ended[9]) > 0


def test_training_jobs_are_compared_with_those_that_ended_before_they_were_asked():
    made = search({"IntegerParameterRanges": [DEPTH]}, TrainingJobEarlyStoppingType="Auto")
    made.propose().end(epochs(1), objective=epochs(1)[-1], stopped=False)
    assert made.propose().should_stop(epochs(9)[:1])


def test_without_early_stopping_every_training_job_ends_when_it_is_done():
    proposals = [search({"IntegerParameterRanges": [DEPTH]}).propose() for _ in range(3)]
    assert not any(proposal.should_stop([9.0] * 9) for proposal in proposals)
