"""The parts of a statement of the Data API: SQL texts, each with its own status."""

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
    """One SQL text with its own status: a single statement, or a statement of a batch."""

    id: str
    sql: str
    status: str = "SUBMITTED"
    error: str | None = None
    outcome: StatementOutcome = field(default_factory=StatementOutcome)
    created: datetime = field(default_factory=lambda: datetime.now(UTC))
    updated: datetime = field(default_factory=lambda: datetime.now(UTC))
    nanoseconds: int = 0

    def enter(self, status: str, error: str | None = None) -> None:
        """Set the status. No-op if the current status is final."""
        if self.status not in TERMINAL:
            self.status, self.error, self.updated = status, error, datetime.now(UTC)

    def finish(self, outcome: StatementOutcome) -> None:
        """Store the outcome, and set the status FINISHED."""
        self.outcome = outcome
        self.enter("FINISHED")

    @property
    def result(self) -> ResultSet | None:
        """The rows; None before the end, or if the SQL returns no rows."""
        return self.outcome.result

    def progress(self) -> dict[str, Any]:
        """Return the members that DescribeStatement returns for each part."""
        return {
            "Id": self.id,
            "Status": self.status,
            "Error": self.error,
            "CreatedAt": self.created.timestamp(),
            "UpdatedAt": self.updated.timestamp(),
            "Duration": self.nanoseconds or -1,
        }
