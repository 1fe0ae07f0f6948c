"""Generates the columns about people: a type of customer, and shares that match the type."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

Random = np.random.Generator
Codes = npt.NDArray[np.int64]
Numbers = npt.NDArray[np.float64]

# The last subtype (L0) of each main type (L2).
LAST_SUBTYPE_OF = (5, 8, 14, 19, 24, 28, 32, 37, 39, 41)
# Subtypes of families are the most frequent, subtypes of young people the rarest.
FREQUENCY_OF_MAIN = (9, 9, 15, 1, 10, 4, 9, 27, 11, 5)
# From poor (-1) to rich (1) by main type.
WEALTH_OF_MAIN = (0.9, 0.6, 0.2, -0.3, -0.5, -0.2, -0.6, 0.0, 0.1, 0.2)
# The upper bounds of the codes 0 to 8 of L3, as shares; the bound of 9 is 1.
SHARE_BOUNDS = (0.005, 0.105, 0.235, 0.365, 0.495, 0.625, 0.755, 0.885, 0.995)
# The groups of columns whose shares add up to 1: the usual share of each column, and the increase
# of the share with wealth.
GROUPS: tuple[tuple[tuple[float, float], ...], ...] = (
    ((0.08, 0.0), (0.50, 0.0), (0.11, 0.0), (0.31, 0.0)),  # religion
    ((0.68, 0.5), (0.08, 0.0), (0.24, -0.5)),  # relation
    ((0.20, -0.6), (0.34, 0.0), (0.46, 0.3)),  # household
    ((0.14, 1.5), (0.35, 0.4), (0.51, -0.6)),  # education
    ((0.18, 1.5), (0.04, 0.5), (0.05, 0.0), (0.29, 0.4), (0.22, -0.4), (0.22, -0.8)),  # work
    ((0.15, 1.5), (0.15, 0.8), (0.21, 0.2), (0.39, -0.4), (0.10, -1.2)),  # social class
    ((0.46, -1.0), (0.54, 0.8)),  # house
    ((0.64, 0.3), (0.13, 1.0), (0.23, -0.9)),  # cars
    ((0.70, -0.5), (0.30, 1.0)),  # health insurance
    ((0.26, -1.2), (0.36, 0.0), (0.27, 0.8), (0.08, 1.5), (0.03, 2.0)),  # income
)


def people(rng: Random, *, rows: int) -> tuple[Codes, Numbers]:
    """Draw the codes of the 43 columns, of shape (rows, 43), and the wealth of each row.

    The wealth is about -1 to 1; most columns depend on it.
    """
    main = rng.choice(len(LAST_SUBTYPE_OF), size=rows, p=_normed(FREQUENCY_OF_MAIN))
    first = np.array((0, *LAST_SUBTYPE_OF[:-1]))[main] + 1
    subtype = rng.integers(first, np.array(LAST_SUBTYPE_OF)[main] + 1)
    wealth = np.array(WEALTH_OF_MAIN)[main] + rng.normal(0, 0.3, rows)
    shares = [_shares(rng, wealth, group) for group in GROUPS]
    houses = np.where(rng.random(rows) < 0.92, 1, rng.integers(2, 11, rows))
    columns = [
        subtype,
        houses,
        _class(rng, 2.7 + 0.3 * wealth, first=1, last=6, noise=0.8),
        _class(rng, np.full(rows, 3.0), first=1, last=6, noise=0.8),
        main + 1,
        *(column for group in shares for column in group.T),
        _class(rng, 3.8 + 1.5 * wealth, first=0, last=9, noise=0.8),
        _class(rng, 4.2 + 2.0 * wealth, first=1, last=8, noise=1.2),
    ]
    return np.column_stack(columns), wealth


def _shares(rng: Random, wealth: Numbers, group: Sequence[tuple[float, float]]) -> Codes:
    """Draw codes (L3) of shares that add up to 1, of shape (rows, columns of the group)."""
    usual, growth = np.array(group).T
    expected = usual * np.exp(np.outer(wealth, growth))
    drawn = rng.gamma(4 * expected / expected.sum(axis=1, keepdims=True) + 1e-3)
    whole = drawn.sum(axis=1, keepdims=True)
    codes: Codes = np.digitize(drawn / whole, SHARE_BOUNDS)
    return codes


def _class(rng: Random, middle: Numbers, *, first: int, last: int, noise: float) -> Codes:
    return np.clip(np.rint(rng.normal(middle, noise)), first, last).astype(np.int64)


def _normed(weights: Sequence[float]) -> Numbers:
    return np.array(weights) / sum(weights)
