"""Sums of floating-point numbers without rounding, so that they do not depend on any order.

A sum is a whole number of units of 2^-2400, which represents every double and every square of one
exactly. It has at most about 4,500 bits.
"""

import math

import numpy as np
import numpy.typing as npt

Numbers = npt.NDArray[np.float64]
UNIT_BITS = 2_400
_MANTISSA_BITS, _HALF_BITS = 53, 26
# Sums of this many halves are below 2^53, so a double represents them exactly.
_MOST_ADDED = 2**25


def exact_sums(values: Numbers) -> tuple[int, int]:
    """The sum of finite values, and the sum of their squares, in units."""
    total = squares = 0
    for part in _parts(values):
        mantissa, exponent = np.frexp(part)
        total += _sum(mantissa, exponent)
        square = mantissa * mantissa
        for summand in (square, _rounding_errors(mantissa, square)):
            squares += _sum(summand, 2 * exponent)
    return total, squares


def rounded(numerator: int, denominator: int) -> float:
    """The quotient of two whole numbers, rounded once; infinite if it is larger than a double."""
    try:
        return numerator / denominator
    except OverflowError:
        return math.inf if numerator > 0 else -math.inf


def _parts(values: Numbers) -> list[Numbers]:
    return [values[at : at + _MOST_ADDED] for at in range(0, len(values), _MOST_ADDED)]


def _rounding_errors(mantissa: Numbers, square: Numbers) -> Numbers:
    """The exact squares less the rounded ones, from products of at most 53 bits (Dekker, 1971)."""
    high = np.rint(mantissa * 2.0**_HALF_BITS) / 2.0**_HALF_BITS
    low = mantissa - high
    return (high * high - square) + 2 * high * low + low * low


def _sum(values: Numbers, exponents: npt.NDArray[np.int32]) -> int:
    """The sum of value · 2^exponent, in units."""
    mantissa, exponent = np.frexp(values)
    whole = (mantissa * 2.0**_MANTISSA_BITS).astype(np.int64)
    place = exponent + exponents + (UNIT_BITS - _MANTISSA_BITS)
    first = int(place.min())
    halves = (whole >> _HALF_BITS, whole & (2**_HALF_BITS - 1))
    high, low = (np.bincount(place - first, weights=half) for half in halves)
    return sum(
        ((int(high[at]) << _HALF_BITS) + int(low[at])) << (first + int(at))
        for at in np.flatnonzero((high != 0) | (low != 0))
    )
