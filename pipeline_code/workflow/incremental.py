"""The declaration of an incremental extraction, and its arguments."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from pipeline_code.workflow.collector import Collector

KEPT_DAYS = "KeptDays"
# What a run does with the days in the lake: it uses them, or unloads all days again.
CHOICES = ("use", "renew")


@dataclass(frozen=True, kw_only=True)
class Incremental:
    """The rows of each day are unloaded once, and stay in the lake for later runs.

    `day` is a column of the query with the type DATE, TIMESTAMP or TIMESTAMPTZ. A run unloads the
    days that the lake does not have, those whose number of rows has changed, and the last kept day
    with the `late_days` days before it. It reads the days from `first_day` to `last_day`, texts
    (YYYY-MM-DD) or pipeline parameters. At a start, the parameter KeptDays=renew unloads all
    days of this period again.
    """

    day: str
    late_days: int = 3
    first_day: Any = "1000-01-01"
    last_day: Any = "2999-12-31"

    def __post_init__(self) -> None:
        if not 0 <= self.late_days <= 9999:
            raise ValueError(f"late_days is {self.late_days}, expected 0 to 9999 days")

    def arguments(self, p: Collector) -> dict[str, Any]:
        """Return the arguments of the functions that extract and that compare rows."""
        return {
            "day_column": self.day,
            "late_days": self.late_days,
            "first_day": self.first_day,
            "last_day": self.last_day,
            "kept_days": p.parameter(KEPT_DAYS, CHOICES[0], enum_values=CHOICES),
        }
