"""What COPY could not read: the rows of stl_load_errors and sys_load_error_detail."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True)
class LoadError:
    """One value of one line that a table did not take.

    `line` counts from 1 in the stored file; `value` is the field as read.
    """

    file: str
    line: int
    column: str
    type: str
    width: str
    raw_line: str
    value: str
    code: int
    reason: str

    def __str__(self) -> str:
        return (
            f"{self.file}, line {self.line}, column {self.column} ({self.type}): "
            f"{self.reason}; value: {self.value!r}"
        )


@dataclass(frozen=True)
class LoggedLoadError:
    """A load error with the table, the time and the statement it belongs to."""

    error: LoadError
    database: str
    table: str
    at: datetime
    query: int


class LoadErrorLog:
    """The load errors of a cluster; they outlive the transaction that met them."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._rows: list[LoggedLoadError] = []

    def add(
        self, errors: list[LoadError], *, database: str, table: str, at: datetime, query: int
    ) -> None:
        """Keep the errors of one COPY."""
        with self._lock:
            self._rows.extend(
                LoggedLoadError(error, database, table, at, query) for error in errors
            )

    def rows(self, database: str) -> list[LoggedLoadError]:
        """The errors of a database, oldest first."""
        with self._lock:
            return [row for row in self._rows if row.database == database]
