"""The search of a tuning job: proposes hyperparameters and stops training jobs early.

Optuna's samplers and pruners implement the strategies. This module is imported when the first
tuning job starts, because the import of Optuna takes seconds.
"""

from __future__ import annotations

import itertools
import random
from collections.abc import Iterator, Sequence
from statistics import mean, median
from typing import Any

import optuna
from optuna.distributions import (
    BaseDistribution,
    CategoricalDistribution,
    FloatDistribution,
    IntDistribution,
)
from optuna.pruners import BasePruner, HyperbandPruner, NopPruner
from optuna.samplers import BaseSampler, RandomSampler, TPESampler
from optuna.trial import FrozenTrial, TrialState

from local_cloud.definition_rules.parameter_ranges import (
    CATEGORICAL,
    INTEGER,
    LOGARITHMIC,
    REVERSE,
    ParameterRange,
)
from local_cloud.sagemaker.jobs.tuning.tuning_settings import GRID, HYPERBAND, TuningSettings

# The default number of random proposals before Optuna's model of the objective is used.
_RANDOM_PROPOSALS = 10
_REDUCTION_FACTOR = 3


class RunningAverages(BasePruner):
    """Stops a job whose objective is worse than the median of the running averages of earlier jobs.

    https://docs.aws.amazon.com/sagemaker/latest/dg/automatic-model-tuning-early-stopping.html
    """

    def prune(self, study: optuna.Study, trial: FrozenTrial) -> bool:
        """Return whether the job should be stopped now."""
        step = trial.last_step
        if step is None:
            return False
        averages = [
            mean(value for at, value in other.intermediate_values.items() if at <= step)
            for other in study.get_trials(deepcopy=False, states=(TrialState.COMPLETE,))
            if step in other.intermediate_values
        ]
        if not averages:
            return False
        value, limit = trial.intermediate_values[step], median(averages)
        is_max = study.direction is optuna.study.StudyDirection.MAXIMIZE
        return value < limit if is_max else value > limit


class Search:
    """Proposes the hyperparameters of one training job after another."""

    def __init__(self, settings: TuningSettings) -> None:
        optuna.logging.set_verbosity(optuna.logging.WARNING)
        self._settings = settings
        self._distributions = {each.name: _distribution(each) for each in settings.ranges}
        self._study = optuna.create_study(
            direction="maximize" if settings.maximize else "minimize",
            sampler=_sampler(settings),
            pruner=_pruner(settings),
        )
        if settings.strategy == GRID:
            for combination in _grid(settings):
                self._study.enqueue_trial(combination)

    def propose(self) -> Proposal:
        """Return the hyperparameters of the next training job."""
        trial = self._study.ask(self._distributions)
        return Proposal(self._study, trial, self._settings.ranges)


class Proposal:
    """The hyperparameters of one training job, and what the search learns about them."""

    def __init__(
        self, study: optuna.Study, trial: optuna.Trial, ranges: Sequence[ParameterRange]
    ) -> None:
        self._study, self._trial = study, trial
        self._reported = 0
        self.hyperparameters = {
            each.name: each.text(_value(each, trial.params[each.name])) for each in ranges
        }

    def __getstate__(self) -> dict[str, Any]:
        """Return what is saved: the search ends with the server, and its job is Failed then."""
        return {"hyperparameters": self.hyperparameters}

    def should_stop(self, values: Sequence[float]) -> bool:
        """Return whether to stop the job, from the values of its objective until now."""
        return any(self._trial.should_prune() for _ in self._report(values))

    def end(self, values: Sequence[float], *, objective: float | None, stopped: bool) -> None:
        """Report all values and the final objective. None if the job has none or failed.

        A short job ends before it was asked for its values, which later jobs are compared with.
        """
        for _ in self._report(values):
            pass
        if objective is None:
            self._study.tell(self._trial, state=TrialState.FAIL)
        elif stopped:
            self._study.tell(self._trial, state=TrialState.PRUNED)
        else:
            self._study.tell(self._trial, objective)

    def _report(self, values: Sequence[float]) -> Iterator[int]:
        """Report the values that the search does not know yet. Yield the step of each."""
        for value in values[self._reported :]:
            self._reported += 1
            self._trial.report(value, self._reported)
            yield self._reported


def _distribution(each: ParameterRange) -> BaseDistribution:
    if each.kind == CATEGORICAL:
        return CategoricalDistribution(each.values)
    if each.kind == INTEGER:
        return IntDistribution(int(each.low), int(each.high), log=each.scale == LOGARITHMIC)
    if each.scale == REVERSE:
        return FloatDistribution(1 - each.high, 1 - each.low, log=True)
    return FloatDistribution(each.low, each.high, log=each.scale == LOGARITHMIC)


def _value(each: ParameterRange, sampled: Any) -> Any:
    """Return the hyperparameter. A ReverseLogarithmic range samples its distance from 1."""
    if each.scale != REVERSE:
        return sampled
    return min(max(1 - sampled, each.low), each.high)


def _sampler(settings: TuningSettings) -> BaseSampler:
    if settings.strategy in ("Random", GRID):
        return RandomSampler(seed=settings.seed)
    random_proposals = min(_RANDOM_PROPOSALS, max(2, settings.max_jobs // 3))
    # With constant_liar, parallel jobs do not get nearly the same hyperparameters.
    return TPESampler(seed=settings.seed, n_startup_trials=random_proposals, constant_liar=True)


def _pruner(settings: TuningSettings) -> BasePruner:
    if settings.strategy == HYPERBAND:
        return HyperbandPruner(
            min_resource=settings.min_resource,
            max_resource=settings.max_resource,
            reduction_factor=_REDUCTION_FACTOR,
        )
    return RunningAverages() if settings.stops_early else NopPruner()


def _grid(settings: TuningSettings) -> list[dict[str, str]]:
    """Return all combinations in random order."""
    names = [each.name for each in settings.ranges]
    combinations = [
        dict(zip(names, values, strict=True))
        for values in itertools.product(*(each.values for each in settings.ranges))
    ]
    random.Random(settings.seed).shuffle(combinations)
    return combinations
