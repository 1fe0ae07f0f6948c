"""The parts of a statement of the Data API: the SQL texts, each with a status of its own."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from local_cloud.redshift.result_set import ResultSet
from local_cloud.redshift.session import StatementOutcome

TERMINAL = ("FINISHED", "FAILED", "ABORTED")
ACTIVE = ("SUBMITTED", "PICKED", "STARTED")


@dataclass
class Part:
    """One SQL text with its own status: the statement itself, or one of a batch."""

    id: str
    sql: str
    status: str = "SUBMITTED"
    error: str | None = None
    outcome: StatementOutcome = field(default_factory=StatementOutcome)
    created: datetime = field(default_factory=lambda: datetime.now(UTC))
    updated: datetime = field(default_factory=lambda: datetime.now(UTC))
    nanoseconds: int = 0

    def enter(self, status: str, error: str | None = None) -> None:
        """Go to a status, unless one of the final ones was reached."""
        if self.status not in TERMINAL:
            self.status, self.error, self.updated = status, error, datetime.now(UTC)

    def finish(self, outcome: StatementOutcome) -> None:
        """Keep what the SQL gave."""
        self.outcome = outcome
        self.enter("FINISHED")

    @property
    def result(self) -> ResultSet | None:
        """The rows, once there are any."""
        return self.outcome.result

    def progress(self) -> dict[str, Any]:
        """What DescribeStatement says of it as of every other part; None is left out there."""
        return {
            "Id": self.id,
            "Status": self.status,
            "Error": self.error,
            "CreatedAt": self.created.timestamp(),
            "UpdatedAt": self.updated.timestamp(),
            "Duration": self.nanoseconds or -1,
        }
