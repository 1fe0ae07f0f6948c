"""The days of the table date by position, so that day arithmetic stays within the table."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from pipeline_code.tickit.sample_data.text import Integers

DAY_SECONDS = 24 * 60 * 60


@dataclass(frozen=True)
class Calendar:
    """The days in order, and their keys; the position of a day is its index in both arrays."""

    days: npt.NDArray[np.datetime64]
    ids: Integers

    @classmethod
    def of(cls, tables: Mapping[str, pa.Table]) -> "Calendar":
        """Create the calendar of the table date."""
        days = tables["date"]["caldate"].to_numpy().astype("datetime64[D]")
        order = np.argsort(days)
        return cls(days[order], tables["date"]["dateid"].to_numpy()[order])

    def positions(self, ids: Integers) -> Integers:
        """Return the positions of days by their keys."""
        order = np.argsort(self.ids)
        return order[np.searchsorted(self.ids, ids, sorter=order)]

    def seconds(self, positions: Integers) -> Integers:
        """Return the start times of days, in seconds since 1970."""
        return self.days[positions].astype("datetime64[s]").astype(np.int64)
