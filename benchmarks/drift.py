"""Measures how often drift detection finds replaced rows, and how often it gives a false alarm.

Command: python -m benchmarks drift. Prints tables in Markdown. Returns 1 if a kind of replacement
that must be found is found too rarely, or if there are too many false alarms.
"""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from multiprocessing import get_context

import numpy as np

from benchmarks.drift_replacements import HARD, KINDS
from benchmarks.drift_rows import Population, Rows, population_of
from pipeline_code.runtime.drift import distances
from pipeline_code.runtime.drift_measures import Baseline

PIPELINES = ("tickit", "bank", "census")
SHARES = (0.01, 0.02, 0.05, 0.1, 0.2)
# Number of rows of a window -> number of windows for each kind and share.
WINDOWS = {200: 20, 1_000: 40, 10_000: 10}
CLEAN_WINDOWS = {200: 500, 1_000: 500, 10_000: 100}
BASELINES = 10
# What must be found: at this share, with this number of rows and more.
SHARE, ROWS = 0.1, 1_000
MIN_DETECTED, MAX_FALSE_ALARMS = 0.95, 0.01
# Model Monitor's limit of the distance.
DISTANCE = 0.1


@dataclass(frozen=True)
class Rate:
    """Alarms in windows of `rows` rows: with the measures, and with the distance alone."""

    rows: int
    share: float
    alarms: float
    by_distance: float


@dataclass(frozen=True)
class Result:
    """The rates of a kind of replacement in a pipeline; the kind of clean rows is ``clean``."""

    pipeline: str
    kind: str
    rates: list[Rate]

    def rate(self, rows: int, share: float) -> Rate:
        """The rate of a number of rows and a share."""
        return next(each for each in self.rates if (each.rows, each.share) == (rows, share))


def main() -> int:
    """Measure and print. Return 1 if a target is not reached."""
    # The processes are started afresh: a fork of a process with threads can block.
    with ProcessPoolExecutor(max_workers=2, mp_context=get_context("spawn")) as pool:
        results = [result for part in pool.map(_measure, *_parts()) for result in part]
    print("\n".join(_tables(results)))
    failures = list(_failures(results))
    print("\n".join(failures) if failures else "All targets are reached.")
    return int(bool(failures))


def _parts() -> tuple[list[str], list[list[str]]]:
    """Two halves of the kinds for each pipeline, so that both processes are busy until the end."""
    kinds = ["clean", *KINDS]
    parts = [(name, kinds[half::2]) for name in PIPELINES for half in range(2)]
    return [name for name, _ in parts], [part for _, part in parts]


def _measure(pipeline: str, kinds: list[str]) -> list[Result]:
    population = population_of(pipeline)
    rng = np.random.default_rng(0)
    # A baseline and the windows are independent samples of one population.
    samples = [population.sample(population.size, rng) for _ in range(BASELINES)]
    statistics = [population.statistics(sample) for sample in samples]
    return [_Bench(population, statistics).result(kind) for kind in kinds]


class _Bench:
    def __init__(self, population: Population, statistics: list[dict[str, object]]) -> None:
        self._population, self._statistics = population, statistics
        self._baselines = [Baseline(each) for each in statistics]

    def result(self, kind: str) -> Result:
        if kind == "clean":
            rates = [self._rate(kind, rows, 0.0, count) for rows, count in CLEAN_WINDOWS.items()]
        else:
            sizes = [(rows, count, share) for rows, count in WINDOWS.items() for share in SHARES]
            rates = [self._rate(kind, rows, share, count) for rows, count, share in sizes]
        return Result(self._population.name, kind, rates)

    def _rate(self, kind: str, rows: int, share: float, windows: int) -> Rate:
        rng = np.random.default_rng([rows, round(1000 * share), *kind.encode()])
        alarms = by_distance = 0
        for number in range(windows):
            current = self._population.statistics(self._window(kind, rows, share, rng))
            index = number % BASELINES
            drifted = rows == ROWS and _is_far(self._statistics[index], current)
            by_distance += drifted
            findings = self._baselines[index].compare(current, self._population.limits).findings
            alarms += drifted or bool(findings)
        return Rate(rows, share, alarms / windows, by_distance / windows)

    def _window(self, kind: str, rows: int, share: float, rng: np.random.Generator) -> Rows:
        window = self._population.sample(rows, rng)
        count = round(rows * share)
        if not count:
            return window
        replaced = {name: values[:count] for name, values in window.items()}
        replaced = KINDS[kind](self._population, replaced, rng)
        return {name: np.concatenate([replaced[name], window[name][count:]]) for name in window}


def _is_far(baseline: dict[str, object], current: dict[str, object]) -> bool:
    return max(distances(baseline, current).values()) > DISTANCE


def _tables(results: list[Result]) -> Iterator[str]:
    yield f"False alarms, in windows without replaced rows ({_counts(CLEAN_WINDOWS)}):"
    yield ""
    yield _line("pipeline", *(f"{rows:,} rows" for rows in CLEAN_WINDOWS))
    yield _line(*["---"] * (1 + len(CLEAN_WINDOWS)))
    for result in results:
        if result.kind == "clean":
            yield _line(result.pipeline, *(f"{rate.alarms:.1%}" for rate in result.rates))
    for rows, windows in WINDOWS.items():
        yield from _detection(results, rows, windows)
    yield ""


def _detection(results: list[Result], rows: int, windows: int) -> Iterator[str]:
    """The table of a number of rows: the percentages of tickit / bank / census in each cell."""
    distance = [f"{SHARE:.0%}, distance alone"] if rows == ROWS else []
    yield ""
    yield (
        f"Detected replacements in windows of {rows:,} rows, in percent of {windows} windows: "
        f"{' / '.join(PIPELINES)}"
    )
    yield ""
    columns = ["replaced rows", *(f"{share:.0%}" for share in SHARES), *distance]
    yield _line(*columns)
    yield _line(*["---"] * len(columns))
    for kind in KINDS:
        found = [result for name in PIPELINES for result in results if _is(result, name, kind)]
        cells = [_cell(each.rate(rows, share).alarms for each in found) for share in SHARES]
        alone = [_cell(each.rate(rows, SHARE).by_distance for each in found)] if distance else []
        yield _line(kind, *cells, *alone)


def _is(result: Result, pipeline: str, kind: str) -> bool:
    return (result.pipeline, result.kind) == (pipeline, kind)


def _failures(results: list[Result]) -> Iterator[str]:
    for result in results:
        for rate in result.rates:
            where = f"{result.pipeline}, {result.kind}, {rate.rows:,} rows: {rate.alarms:.1%}"
            if result.kind == "clean" and rate.alarms > MAX_FALSE_ALARMS:
                yield f"{where} false alarms, at most {MAX_FALSE_ALARMS:.0%} are allowed"
            required = rate.rows >= ROWS and rate.share >= SHARE and result.kind not in HARD
            if result.kind != "clean" and required and rate.alarms < MIN_DETECTED:
                yield f"{where} detected, at least {MIN_DETECTED:.0%} are required"


def _counts(windows: dict[int, int]) -> str:
    return ", ".join(f"{count} of {rows:,} rows" for rows, count in windows.items())


def _cell(rates: Iterator[float]) -> str:
    return " / ".join(f"{100 * rate:.0f}" for rate in rates)


def _line(*cells: str) -> str:
    return f"| {' | '.join(cells)} |"
