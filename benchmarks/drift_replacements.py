"""Kinds of rows that replace a share of the rows of a monitored window."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from benchmarks.drift_rows import Population, Rows, Values

Replacement = Callable[[Population, Rows, np.random.Generator], Rows]


def repeated_row(population: Population, rows: Rows, rng: np.random.Generator) -> Rows:
    """One row, again and again: a client that retries."""
    return {name: np.repeat(values[:1], len(values)) for name, values in rows.items()}


def rare_period(population: Population, rows: Rows, rng: np.random.Generator) -> Rows:
    """Rows of one rare period or segment."""
    chosen = rng.choice(np.flatnonzero(population.rare), _count(rows))
    return population.at(chosen)


def random_values(population: Population, rows: Rows, rng: np.random.Generator) -> Rows:
    """Every known value is equally frequent: a test program."""
    return {name: rng.choice(np.unique(population.rows[name]), _count(rows)) for name in rows}


def unseen_category(population: Population, rows: Rows, rng: np.random.Generator) -> Rows:
    """A value that the baseline lacks, in one category."""
    name = rng.choice(population.categories)
    texts = population.texts.get(name)
    unseen = len(texts) - 1 if texts else population.rows[name].max() + 1
    return rows | {name: np.full_like(rows[name], unseen)}


def out_of_range(population: Population, rows: Rows, rng: np.random.Generator) -> Rows:
    """One quantity is twice its largest value."""
    name = rng.choice(population.quantities)
    return rows | {name: np.full_like(rows[name], 2 * np.abs(population.rows[name]).max())}


def unit_error(population: Population, rows: Rows, rng: np.random.Generator) -> Rows:
    """All quantities have another unit: a hundred times the number."""
    return rows | {name: rows[name] * 100 for name in population.quantities}


def shifted(population: Population, rows: Rows, rng: np.random.Generator) -> Rows:
    """All quantities are a standard deviation higher, but in their range."""
    return rows | {name: _shifted(population, rows, name) for name in population.quantities}


def one_shifted(population: Population, rows: Rows, rng: np.random.Generator) -> Rows:
    """One quantity is a standard deviation higher, but in its range."""
    name = rng.choice(population.quantities)
    return rows | {name: _shifted(population, rows, name)}


def one_constant(population: Population, rows: Rows, rng: np.random.Generator) -> Rows:
    """One column has the value of one row: a default."""
    name = rng.choice(list(rows))
    return rows | {name: np.full_like(rows[name], rows[name][0])}


def mixed_rows(population: Population, rows: Rows, rng: np.random.Generator) -> Rows:
    """Each value is that of another row: a join with the wrong key."""
    return {name: rng.permutation(values) for name, values in rows.items()}


KINDS: dict[str, Replacement] = {
    "one row repeated": repeated_row,
    "rare period": rare_period,
    "random values": random_values,
    "unseen category": unseen_category,
    "out of range": out_of_range,
    "unit error": unit_error,
    "all quantities shifted": shifted,
    "one quantity shifted": one_shifted,
    "one column constant": one_constant,
    "values of other rows": mixed_rows,
}
# Kinds that change one column within its known values, or none: they need not be found.
HARD = {"one quantity shifted", "one column constant", "values of other rows"}


def _shifted(population: Population, rows: Rows, name: str) -> Values:
    known = population.rows[name]
    shifted: Values = np.minimum(rows[name] + known.std(), known.max())
    return shifted


def _count(rows: Rows) -> int:
    return len(next(iter(rows.values())))
