"""Statements of the Redshift Data API: where they run, how they end, and what the database says."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from typing import Any

ACTIVE = ("SUBMITTED", "PICKED", "STARTED")
LONGEST_PAUSE_SECONDS = 5.0
# Environment variable -> what the Data API calls it.
TARGET = {
    "CLUSTER_IDENTIFIER": "ClusterIdentifier",
    "WORKGROUP_NAME": "WorkgroupName",
    "DATABASE": "Database",
    "DB_USER": "DbUser",
    "SECRET_ARN": "SecretArn",
}


class StatementFailed(Exception):
    """A statement ended, but not well: `described` is what DescribeStatement answered."""

    def __init__(self, described: dict[str, Any]) -> None:
        parts = [part for part in described.get("SubStatements", []) if part["Status"] == "FAILED"]
        said = [place["Error"] for place in (*parts, described) if place.get("Error")]
        words = ": ".join([described["Status"], *said[:1]])
        super().__init__(f"statement {described['Id']} is {words}")
        self.described = described


class TookTooLong(Exception):
    """A statement was cancelled, as there was no time left to wait for its end."""


def target() -> dict[str, str]:
    """The warehouse of this function and its user, as the Data API takes them.

    Without DbUser and SecretArn the user is the function's own role.
    """
    return {name: os.environ[key] for key, name in TARGET.items() if key in os.environ}


def has_finished(client: Any, statement: str) -> bool:
    """Whether the statement is over; raises StatementFailed unless it ended well."""
    described = client.describe_statement(Id=statement)
    if described["Status"] in ACTIVE:
        return False
    if described["Status"] != "FINISHED":
        raise StatementFailed({"Id": statement, **described})
    return True


def wait(client: Any, statement: str, seconds_left: Callable[[], float]) -> None:
    """Wait for a good end; raises StatementFailed, or TookTooLong after it was cancelled."""
    pause = 0.1
    while not has_finished(client, statement):
        if seconds_left() < pause:
            client.cancel_statement(Id=statement)
            raise TookTooLong(f"statement {statement} took too long and was cancelled")
        time.sleep(pause)
        pause = min(pause * 2, LONGEST_PAUSE_SECONDS)
