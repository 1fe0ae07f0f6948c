"""The load errors of COPY, for stl_load_errors and sys_load_error_detail."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True)
class LoadError:
    """An invalid field. `line` is the line number in the file, from 1; `value` is the field."""

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
    """A load error with its table, time and statement."""

    error: LoadError
    database: str
    table: str
    at: datetime
    query: int


class LoadErrorLog:
    """The load errors of a cluster. A rollback of the COPY does not remove its load errors."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._rows: list[LoggedLoadError] = []

    def add(
        self, errors: list[LoadError], *, database: str, table: str, at: datetime, query: int
    ) -> None:
        """Add the errors of a COPY."""
        with self._lock:
            self._rows.extend(
                LoggedLoadError(error, database, table, at, query) for error in errors
            )

    def rows(self, database: str) -> list[LoggedLoadError]:
        """Return the errors of a database, oldest first."""
        with self._lock:
            return [row for row in self._rows if row.database == database]
