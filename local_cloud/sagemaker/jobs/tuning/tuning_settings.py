"""The settings of a tuning job, read from its request."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from local_cloud.definition_rules.parameter_ranges import (
    CATEGORICAL,
    ParameterRange,
    read_ranges,
)

GRID, HYPERBAND = "Grid", "Hyperband"
# Version 2 of the SageMaker SDK sets this member of a definition instead of ResourceConfig.
RESOURCES = "HyperParameterTuningResourceConfig"
# "HyperbandTraining attempts to infer MaxResource from the following keys (if present)":
# https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_HyperbandStrategyConfig.html
EPOCHS = ("epochs", "numepochs", "n-epochs", "n_epochs", "num_epochs")
_MAX_SECONDS = 30 * 86_400  # "If not specified, the default is 2592000 seconds (30 days)."


@dataclass(frozen=True)
class TuningSettings:
    """The search of a tuning job.

    `patience` is the number of training jobs without a better objective after which the job ends.
    `min_resource` and `max_resource` are the numbers of objective values that Hyperband compares.
    """

    strategy: str
    metric: str
    maximize: bool
    ranges: tuple[ParameterRange, ...]
    max_jobs: int
    max_parallel_jobs: int
    max_seconds: float
    stops_early: bool
    target: float | None
    patience: int | None
    min_resource: int
    max_resource: int
    seed: int | None

    def is_better(self, value: float, other: float) -> bool:
        """Return whether an objective is better than another."""
        return value > other if self.maximize else value < other

    def reaches_target(self, value: float) -> bool:
        """Return whether an objective is as good as TargetObjectiveMetricValue, if it is set."""
        return self.target is not None and not self.is_better(self.target, value)


def read_settings(request: Mapping[str, Any]) -> TuningSettings:
    """Return the settings of a CreateHyperParameterTuningJob request without findings."""
    config = request["HyperParameterTuningJobConfig"]
    limits, objective = config["ResourceLimits"], config["HyperParameterTuningJobObjective"]
    criteria = config.get("TuningJobCompletionCriteria") or {}
    ranges = tuple(read_ranges(config.get("ParameterRanges") or {}))
    hyperband = (config.get("StrategyConfig") or {}).get("HyperbandStrategyConfig") or {}
    static = request["TrainingJobDefinition"].get("StaticHyperParameters") or {}
    return TuningSettings(
        strategy=config["Strategy"],
        metric=objective["MetricName"],
        maximize=objective["Type"] == "Maximize",
        ranges=ranges,
        max_jobs=int(limits.get("MaxNumberOfTrainingJobs") or combinations(ranges)),
        max_parallel_jobs=int(limits["MaxParallelTrainingJobs"]),
        max_seconds=float(limits.get("MaxRuntimeInSeconds") or _MAX_SECONDS),
        stops_early=config.get("TrainingJobEarlyStoppingType") == "Auto",
        target=criteria.get("TargetObjectiveMetricValue"),
        patience=(criteria.get("BestObjectiveNotImproving") or {}).get(
            "MaxNumberOfTrainingJobsNotImproving"
        ),
        min_resource=int(hyperband.get("MinResource") or 1),
        max_resource=int(hyperband.get("MaxResource") or max_epochs(static) or 1),
        seed=config.get("RandomSeed"),
    )


def resources_of(definition: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return the instances of a training job definition, as the ResourceConfig of its jobs."""
    found: Mapping[str, Any] = definition.get(RESOURCES) or definition.get("ResourceConfig") or {}
    return found


def combinations(ranges: tuple[ParameterRange, ...]) -> int:
    """Return the number of combinations of categorical values, which a grid search tries."""
    return math.prod(len(each.values) for each in ranges if each.kind == CATEGORICAL)


def max_epochs(hyperparameters: Mapping[str, Any]) -> int | None:
    """Return the epochs in the static hyperparameters, from which Hyperband infers MaxResource."""
    found = [hyperparameters[name] for name in EPOCHS if name in hyperparameters]
    return int(found[0]) if found and str(found[0]).isdigit() else None
