"""Replaces numbers by the number of their bin."""

from dataclasses import dataclass, replace
from typing import Any, Literal, Self

import numpy as np
import pyarrow as pa

from pipeline_code.runtime.flows.columns import Numbers
from pipeline_code.runtime.flows.numbers import NumberTransform
from pipeline_code.runtime.flows.transform import Statistics
from pipeline_code.runtime.sketches.moments import Moments
from pipeline_code.runtime.sketches.quantiles import Quantiles

# The smallest width of a bin; narrower bins are merged with the bin before.
LEAST_WIDTH = 1e-8


@dataclass(frozen=True)
class BinNumbers(NumberTransform):
    """Replaces a number by the number of its bin, from 0.

    `quantile`: bins with about the same number of training rows. `uniform`: bins of equal width.
    Numbers outside the training rows are in the first or the last bin.
    """

    bins: int = 5
    method: Literal["quantile", "uniform"] = "quantile"

    def check(self) -> None:
        """Raise SettingError for an unknown method, or fewer than two bins."""
        self.require_choice("method", self.method, ("quantile", "uniform"))
        if self.bins < 2:
            raise self.refused(f"bins is {self.bins}: must be at least 2")

    def statistics(self) -> Statistics:
        """Quantiles, or the least and the largest number."""
        kind = Quantiles if self.method == "quantile" else Moments
        return {name: kind() for name in self.columns}

    def fitted(self, statistics: Statistics, schema: pa.Schema) -> Self:
        """The state is the list of bounds between bins by column."""
        return replace(self, state={name: self._bounds(each) for name, each in statistics.items()})

    def changed(self, name: str, numbers: Numbers) -> Numbers:
        """Replace the numbers."""
        bins = np.searchsorted(self.known()[name], numbers, side="right").astype(np.float64)
        return np.where(np.isnan(numbers), numbers, bins)

    def _bounds(self, found: Any) -> list[float]:
        if not found.count:
            return []
        if self.method == "quantile":
            edges = np.array([found.quantile(n / self.bins) for n in range(self.bins + 1)])
            edges = edges[np.diff(edges, prepend=-np.inf) > LEAST_WIDTH]
        else:
            edges = np.linspace(found.least, found.most, self.bins + 1)
        return [float(each) for each in edges[1:-1]]
