"""The ranges of hyperparameters that a tuning step searches."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

Scale = Literal["Auto", "Linear", "Logarithmic", "ReverseLogarithmic"]


@dataclass(frozen=True)
class ParameterRange:
    """The range of one hyperparameter; `kind` is Integer, Continuous or Categorical."""

    kind: str
    entry: dict[str, Any]


def integer(name: str, low: int, high: int, *, scale: Scale = "Linear") -> ParameterRange:
    """Return a range of integers from `low` to `high`."""
    return ParameterRange("Integer", _limits(name, low, high, scale))


def continuous(name: str, low: float, high: float, *, scale: Scale = "Linear") -> ParameterRange:
    """Return a range of numbers. A Logarithmic range must be above 0, a reverse one in [0, 1)."""
    return ParameterRange("Continuous", _limits(name, low, high, scale))


def categorical(name: str, values: Sequence[str]) -> ParameterRange:
    """Return a list of values."""
    return ParameterRange("Categorical", {"Name": name, "Values": list(values)})


def parameter_ranges(ranges: Sequence[ParameterRange]) -> dict[str, Any]:
    """Return the ParameterRanges of a request."""
    found: dict[str, Any] = {}
    for each in ranges:
        found.setdefault(f"{each.kind}ParameterRanges", []).append(each.entry)
    return found


def _limits(name: str, low: float, high: float, scale: Scale) -> dict[str, Any]:
    return {"Name": name, "MinValue": str(low), "MaxValue": str(high), "ScalingType": scale}
