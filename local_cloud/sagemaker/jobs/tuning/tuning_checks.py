"""Checks the requests of tuning jobs. An unsupported member raises an error with its name."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from local_cloud.definition_rules.parameter_ranges import range_findings, read_ranges
from local_cloud.sagemaker.jobs.container_images import metric_definitions
from local_cloud.sagemaker.jobs.request_checks import absent, only, training_findings
from local_cloud.sagemaker.jobs.tuning.tuning_settings import (
    EPOCHS,
    GRID,
    HYPERBAND,
    RESOURCES,
    combinations,
    max_epochs,
    resources_of,
)

Request = Mapping[str, Any]

_JOB = "CreateHyperParameterTuningJob"
_CONFIG = "HyperParameterTuningJobConfig"
_DEFINITION = "TrainingJobDefinition"
_EXTRAS = ("TuningObjective", "HyperParameterRanges")
_FLEXIBLE = ("AllocationStrategy", "InstanceConfigs")


def tuning_findings(request: Request) -> list[str]:
    """Return one sentence for each unsupported part of a CreateHyperParameterTuningJob request."""
    return list(_tuning(request))


def _tuning(request: Request) -> Iterator[str]:
    yield from absent(request, ("WarmStartConfig", "Autotune", "TrainingJobDefinitions"), _JOB)
    config, definition = request.get(_CONFIG), request.get(_DEFINITION)
    if not isinstance(definition, Mapping) or not isinstance(config, Mapping):
        yield f"{_JOB} must have {_CONFIG} and {_DEFINITION}."
        return
    yield from _training(definition)
    ranges = config.get("ParameterRanges") or {}
    yield from absent(ranges, ("AutoParameters",), "ParameterRanges")
    yield from range_findings(ranges)
    yield from _limits(config)
    yield from _objective(config, definition)
    strategies = {GRID: _grid, HYPERBAND: _hyperband}
    check = strategies.get(str(config.get("Strategy")))
    if check:
        yield from check(config, definition)
    elif not any(_entries(ranges)):
        yield "ParameterRanges is empty; a search needs at least one range."
    yield from _static(ranges, definition)


def _training(definition: Request) -> Iterator[str]:
    yield from absent(definition, _EXTRAS, _DEFINITION)
    instances = definition.get(RESOURCES) or {}
    yield from absent(instances, _FLEXIBLE, f"{_DEFINITION}.{RESOURCES}")
    request = {
        **definition,
        "HyperParameters": definition.get("StaticHyperParameters") or {},
        "ResourceConfig": resources_of(definition),
    }
    for text in training_findings(request):
        yield f"{_DEFINITION}: {text}"


def _limits(config: Request) -> Iterator[str]:
    criteria = config.get("TuningJobCompletionCriteria") or {}
    convergence = criteria.get("ConvergenceDetected") or {}
    yield from only(convergence, "CompleteOnConvergence", ("Disabled",), "ConvergenceDetected")
    limits = config.get("ResourceLimits") or {}
    jobs, parallel = limits.get("MaxNumberOfTrainingJobs"), limits.get("MaxParallelTrainingJobs")
    if jobs is None and config.get("Strategy") != GRID:
        yield "ResourceLimits.MaxNumberOfTrainingJobs is missing; only a Grid search has a default."
    if isinstance(jobs, int) and isinstance(parallel, int) and parallel > jobs:
        yield (
            f"ResourceLimits.MaxParallelTrainingJobs {parallel} must not be greater than "
            f"MaxNumberOfTrainingJobs {jobs}."
        )


def _objective(config: Request, definition: Request) -> Iterator[str]:
    objective = config.get("HyperParameterTuningJobObjective")
    if not isinstance(objective, Mapping):
        yield f"{_CONFIG}.HyperParameterTuningJobObjective is missing; set the metric to optimise."
        return
    algorithm = definition.get("AlgorithmSpecification") or {}
    static = definition.get("StaticHyperParameters") or {}
    names = [entry["Name"] for entry in metric_definitions(algorithm, static)]
    name = objective.get("MetricName")
    if isinstance(name, str) and name not in names:
        shown = ", ".join(names) or "none: set AlgorithmSpecification.MetricDefinitions"
        yield f"The objective metric {name!r} is not defined; the metrics are {shown}."


def _grid(config: Request, _definition: Request) -> Iterator[str]:
    """ "You can use grid search to tune only categorical parameters" (API reference)."""
    ranges = config.get("ParameterRanges") or {}
    for name in ("IntegerParameterRanges", "ContinuousParameterRanges"):
        if ranges.get(name):
            yield f"The strategy Grid searches categorical ranges only; remove {name}."
            return
    if not ranges.get("CategoricalParameterRanges"):
        yield "ParameterRanges is empty; a Grid search needs CategoricalParameterRanges."
        return
    jobs = (config.get("ResourceLimits") or {}).get("MaxNumberOfTrainingJobs")
    count = combinations(tuple(read_ranges(ranges)))
    if isinstance(jobs, int) and jobs != count:
        yield (
            f"ResourceLimits.MaxNumberOfTrainingJobs {jobs} must be the number of combinations of "
            f"a Grid search, {count}; leave it out."
        )


def _hyperband(config: Request, definition: Request) -> Iterator[str]:
    """Source: API reference, HyperbandStrategyConfig; developer guide, "Use Hyperband"."""
    if config.get("TrainingJobEarlyStoppingType") == "Auto":
        yield "TrainingJobEarlyStoppingType must be Off: Hyperband stops training jobs itself."
    given = (config.get("StrategyConfig") or {}).get("HyperbandStrategyConfig") or {}
    low = given.get("MinResource") or 1
    high = given.get("MaxResource") or max_epochs(definition.get("StaticHyperParameters") or {})
    if high is None:
        yield (
            "HyperbandStrategyConfig.MaxResource is missing, and no static hyperparameter is one "
            f"of {', '.join(EPOCHS)}; set the number of epochs."
        )
    elif isinstance(low, int) and isinstance(high, int) and low >= high:
        yield f"HyperbandStrategyConfig.MinResource {low} must be less than MaxResource {high}."


def _static(ranges: Request, definition: Request) -> Iterator[str]:
    static = definition.get("StaticHyperParameters") or {}
    for name in sorted({str(entry.get("Name")) for entry in _entries(ranges)} & set(static)):
        yield f"The hyperparameter {name} has a range and a static value; keep one of them."


def _entries(ranges: Request) -> Iterator[Request]:
    for kind in ("Integer", "Continuous", "Categorical"):
        yield from ranges.get(f"{kind}ParameterRanges") or []
