"""Scales numbers by statistics of the training rows."""

from dataclasses import dataclass, replace
from math import isfinite
from typing import Any, Literal, Self

import pyarrow as pa

from pipeline_code.runtime.flows.columns import Numbers
from pipeline_code.runtime.flows.numbers import NumberTransform
from pipeline_code.runtime.flows.transform import Statistics
from pipeline_code.runtime.sketches.moments import Moments
from pipeline_code.runtime.sketches.quantiles import Quantiles


@dataclass(frozen=True)
class Scale(NumberTransform):
    """Subtracts a centre from numbers and divides them by a width.

    `standard`: mean and standard deviation. `min-max`: the range becomes 0 to 1. `robust`: median
    and interquartile range. A constant column becomes 0.
    """

    method: Literal["standard", "min-max", "robust"] = "standard"

    def check(self) -> None:
        """Raise SettingError for an unknown method."""
        self.require_choice("method", self.method, ("standard", "min-max", "robust"))

    def statistics(self) -> Statistics:
        """Quantiles, or mean, deviation and range."""
        kind = Quantiles if self.method == "robust" else Moments
        return {name: kind() for name in self.columns}

    def fitted(self, statistics: Statistics, schema: pa.Schema) -> Self:
        """The state is [centre, width] by column."""
        found = {name: self._centre_and_width(each) for name, each in statistics.items()}
        return replace(self, state={name: _defined(*each) for name, each in found.items()})

    def changed(self, name: str, numbers: Numbers) -> Numbers:
        """Scale the numbers."""
        centre, width = self.known()[name]
        scaled: Numbers = (numbers - centre) / width
        return scaled

    def _centre_and_width(self, found: Any) -> tuple[float, float]:
        if self.method == "standard":
            return found.mean, found.deviation
        if self.method == "min-max":
            return found.least, found.most - found.least
        median, first, third = (found.quantile(share) for share in (0.5, 0.25, 0.75))
        return median, third - first


def _defined(centre: float, width: float) -> list[float]:
    """The identity for a column without values, which has neither."""
    return [centre, width or 1.0] if isfinite(centre) else [0.0, 1.0]
