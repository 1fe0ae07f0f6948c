"""Limits numbers to a range of the training rows."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from sys import float_info
from typing import Any, Literal, Self

import numpy as np
import pyarrow as pa

from pipeline_code.runtime.flows.columns import Numbers
from pipeline_code.runtime.flows.numbers import NumberTransform
from pipeline_code.runtime.flows.transform import Statistics
from pipeline_code.runtime.sketches.moments import Moments
from pipeline_code.runtime.sketches.quantiles import Quantiles

NO_LIMITS = [-float_info.max, float_info.max]


@dataclass(frozen=True)
class ClipOutliers(NumberTransform):
    """Replaces numbers outside a range by its nearest end. The result is floating-point.

    The range is between two quantiles, or `factor` interquartile ranges around the quartiles
    (`iqr`), or `factor` standard deviations around the mean (`deviation`).
    """

    method: Literal["quantile", "iqr", "deviation"] = "quantile"
    quantiles: Sequence[float] = (0.01, 0.99)
    factor: float = 1.5

    def check(self) -> None:
        """Raise SettingError for an unknown method or quantiles that are not a range."""
        self.require_choice("method", self.method, ("quantile", "iqr", "deviation"))
        low, high = self.quantiles
        if not 0 <= low < high <= 1:
            raise self.refused(
                f"quantiles are {self.quantiles}: must be two numbers, as 0.01, 0.99"
            )
        if self.factor <= 0:
            raise self.refused(f"factor is {self.factor}: must be above 0")

    def statistics(self) -> Statistics:
        """Quantiles, or mean and deviation."""
        kind = Moments if self.method == "deviation" else Quantiles
        return {name: kind() for name in self.columns}

    def fitted(self, statistics: Statistics, schema: pa.Schema) -> Self:
        """The state is [least, most] by column; a column without values has no limits."""
        ranges = {name: self._range(each) for name, each in statistics.items()}
        limits = {n: [low, high] if low <= high else NO_LIMITS for n, (low, high) in ranges.items()}
        return replace(self, state=limits)

    def changed(self, name: str, numbers: Numbers) -> Numbers:
        """Clip the numbers."""
        clipped: Numbers = np.clip(numbers, *self.known()[name])
        return clipped

    def _range(self, found: Any) -> list[float]:
        if self.method == "deviation":
            width = self.factor * found.deviation
            return [found.mean - width, found.mean + width]
        if self.method == "quantile":
            return [found.quantile(share) for share in self.quantiles]
        first, third = found.quantile(0.25), found.quantile(0.75)
        width = self.factor * (third - first)
        return [first - width, third + width]
