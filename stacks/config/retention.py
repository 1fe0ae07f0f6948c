"""The retention of an environment's data and logs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from stacks.common.validation import require, require_days, require_one_of

Removal = Literal["retain", "destroy"]

REMOVALS = ("retain", "destroy")
# CloudWatch Logs accepts no other number of days (API PutRetentionPolicy).
LOG_DAYS = (1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731)


@dataclass(frozen=True, kw_only=True)
class Retention:
    """The days for which data and logs are kept, and the resources that remain after a deletion."""

    removal: Removal
    unload_days: int = 7
    run_days: int
    noncurrent_days: int = 30
    log_days: int

    def __post_init__(self) -> None:
        require_one_of(REMOVALS, "retention.removal", self.removal)
        for name in ("unload_days", "run_days", "noncurrent_days"):
            require_days(f"retention.{name}", getattr(self, name), 3650)
        require(
            self.log_days in LOG_DAYS,
            "retention.log_days",
            self.log_days,
            allowed=f"one of {', '.join(map(str, LOG_DAYS))}",
            remedy="take the nearest one",
        )
