"""The ranges of hyperparameters that a tuning job searches.

Source: "Define Hyperparameter Ranges" and "Hyperparameter scaling" in the developer guide
(https://docs.aws.amazon.com/sagemaker/latest/dg/automatic-model-tuning-define-ranges.html).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

INTEGER, CONTINUOUS, CATEGORICAL = "Integer", "Continuous", "Categorical"
LINEAR, LOGARITHMIC, REVERSE = "Linear", "Logarithmic", "ReverseLogarithmic"
_AUTO = "Auto"
# The service chooses the scale of `Auto`. Here it is logarithmic from this ratio of the limits.
_WIDE = 100


@dataclass(frozen=True)
class ParameterRange:
    """A hyperparameter and its allowed values: `low` to `high`, or one of the texts in `values`."""

    name: str
    kind: str
    low: float = 0
    high: float = 0
    scale: str = LINEAR
    values: tuple[str, ...] = ()

    def text(self, value: Any) -> str:
        """Return a value as the text that the training job receives."""
        return str(value) if self.kind == CATEGORICAL else repr(value)


def read_ranges(ranges: Mapping[str, Any]) -> list[ParameterRange]:
    """Return the ranges of valid ParameterRanges, sorted by name."""
    found = [_number(INTEGER, entry) for entry in ranges.get("IntegerParameterRanges") or []]
    found += [_number(CONTINUOUS, entry) for entry in ranges.get("ContinuousParameterRanges") or []]
    for entry in ranges.get("CategoricalParameterRanges") or []:
        values = tuple(dict.fromkeys(entry["Values"]))
        found.append(ParameterRange(entry["Name"], CATEGORICAL, values=values))
    return sorted(found, key=lambda each: each.name)


def range_findings(ranges: Mapping[str, Any]) -> Iterator[str]:
    """Yield one sentence for each invalid range. Limits may still be expressions."""
    for kind in (INTEGER, CONTINUOUS):
        for entry in ranges.get(f"{kind}ParameterRanges") or []:
            yield from _of_numbers(kind, entry)
    names = [
        str(entry.get("Name"))
        for kind in (INTEGER, CONTINUOUS, CATEGORICAL)
        for entry in ranges.get(f"{kind}ParameterRanges") or []
    ]
    for name in sorted({name for name in names if names.count(name) > 1}):
        yield f"ParameterRanges has the hyperparameter {name} more than once; keep one range."


def _of_numbers(kind: str, entry: Mapping[str, Any]) -> Iterator[str]:
    where = f"{kind}ParameterRanges[{entry.get('Name')}]"
    limits = (entry.get("MinValue"), entry.get("MaxValue"))
    if not all(isinstance(limit, str) for limit in limits):
        return
    try:
        low, high = (_parse(kind, str(limit)) for limit in limits)
    except ValueError:
        what = "an integer" if kind == INTEGER else "a number"
        yield f"{where}: MinValue {limits[0]!r} and MaxValue {limits[1]!r} must each be {what}."
        return
    if low >= high:
        yield f"{where}: MinValue {limits[0]} must be less than MaxValue {limits[1]}."
    scale = entry.get("ScalingType", _AUTO)
    if scale == LOGARITHMIC and low <= 0:
        yield f"{where}: a Logarithmic range must be above 0; its MinValue is {limits[0]}."
    if scale == REVERSE and kind == INTEGER:
        yield f"{where}: only continuous ranges can be ReverseLogarithmic; use Linear."
    elif scale == REVERSE and not 0 <= low < high < 1:
        yield f"{where}: a ReverseLogarithmic range must be in [0, 1); it is {limits}."


def _number(kind: str, entry: Mapping[str, Any]) -> ParameterRange:
    low, high = _parse(kind, entry["MinValue"]), _parse(kind, entry["MaxValue"])
    scale = entry.get("ScalingType") or _AUTO
    if scale == _AUTO:
        scale = LOGARITHMIC if low > 0 and high / low >= _WIDE else LINEAR
    return ParameterRange(entry["Name"], kind, low, high, scale)


def _parse(kind: str, text: str) -> float:
    return int(text) if kind == INTEGER else float(text)
