"""The retention of an environment's data and logs."""

from __future__ import annotations

from typing import Literal

from stacks.common.settings_class import settings
from stacks.common.validation import require, require_days, require_one_of

Removal = Literal["retain", "destroy"]

REMOVALS = ("retain", "destroy")
# CloudWatch Logs accepts no other number of days (API PutRetentionPolicy).
LOG_DAYS = (1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731)


@settings("retention.")
class Retention:
    """The days for which data and logs are kept, and the resources that remain after a deletion."""

    removal: Removal
    """Whether `destroy` keeps the data of the lake, the warehouse and the registry (`retain`), or
    deletes them (`destroy`).
    """
    unload_days: int = 7
    """1 to 3650: the days for which rows of UNLOAD are kept in the lake."""
    extracted_days: int = 365
    """60 to 3650: the days for which the days of incremental extractions are kept in the lake; they
    are unloaded again 30 days earlier.
    """
    run_days: int
    """1 to 3650: the days for which the files of executions and captured requests are kept, and the
    models of failed executions. Registered models and reports remain.
    """
    noncurrent_days: int = 30
    """1 to 3650: the days for which overwritten and deleted versions of objects are kept."""
    log_days: int
    """The days for which CloudWatch keeps logs: 1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365,
    400, 545 or 731.
    """

    def __post_init__(self) -> None:
        require_one_of(REMOVALS, "retention.removal", self.removal)
        for name in ("unload_days", "run_days", "noncurrent_days"):
            require_days(f"retention.{name}", getattr(self, name), 3650)
        require(
            60 <= self.extracted_days <= 3650,
            "retention.extracted_days",
            self.extracted_days,
            allowed="60 to 3650 days",
            remedy="set a number of days for which the rows of a day may be trained on",
        )
        require(
            self.log_days in LOG_DAYS,
            "retention.log_days",
            self.log_days,
            allowed=f"one of {', '.join(map(str, LOG_DAYS))}",
            remedy="take the nearest one",
        )
