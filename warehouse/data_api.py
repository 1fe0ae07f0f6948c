"""Runs statements through the Redshift Data API and waits for them, with a time limit."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from warehouse import LoadError

_ACTIVE = ("SUBMITTED", "PICKED", "STARTED")
# On AWS, the error message of a failed COPY only refers to the table sys_load_error_detail.
_COPY_ERROR = (
    "SELECT file_name, line_number, column_name, error_message FROM sys_load_error_detail "
    "ORDER BY start_time DESC LIMIT 1"
)


@dataclass(frozen=True, kw_only=True)
class Database:
    """A database and a user. `connection` holds the Data API parameters that identify them.

    `timeout_seconds` is the time limit of each call of `run`.
    """

    client: Any
    connection: Mapping[str, str]
    timeout_seconds: float = 1800.0
    clock: Callable[[], float] = time.monotonic
    pause: Callable[[float], None] = time.sleep

    def run(
        self, statements: Sequence[str], progress: Callable[[int], None] = lambda finished: None
    ) -> str:
        """Run all `statements` in one transaction and return the id of the batch.

        `progress` is called with the number of finished statements.

        Raises:
            LoadError: a statement failed, with the error of the database, or took too long.
        """
        if len(statements) == 1:
            started = self.client.execute_statement(Sql=statements[0], **self.connection)
        else:
            started = self.client.batch_execute_statement(Sqls=list(statements), **self.connection)
        described = self._wait(started["Id"], progress)
        if described["Status"] != "FINISHED":
            raise LoadError(self._failure(described, statements))
        return str(started["Id"])

    def rows(self, sql: str) -> Iterator[tuple[Any, ...]]:
        """Yield the rows of a query. NULL becomes None."""
        page = {"Id": self.run([sql])}
        while True:
            result = self.client.get_statement_result(**page)
            for record in result["Records"]:
                yield tuple(_value(column) for column in record)
            if not result.get("NextToken"):
                return
            page["NextToken"] = result["NextToken"]

    def _wait(self, statement: str, progress: Callable[[int], None]) -> dict[str, Any]:
        deadline, seconds = self.clock() + self.timeout_seconds, 0.1
        while True:
            described: dict[str, Any] = self.client.describe_statement(Id=statement)
            parts = described.get("SubStatements", [])
            progress(sum(part["Status"] == "FINISHED" for part in parts))
            if described["Status"] not in _ACTIVE:
                return described
            if self.clock() > deadline:
                self.client.cancel_statement(Id=statement)
                raise LoadError(
                    f"the batch {statement} took more than {self.timeout_seconds:.0f} seconds and "
                    "was cancelled: check what the warehouse is running, then load again"
                )
            self.pause(seconds)
            seconds = min(seconds * 1.5, 3.0)

    def _failure(self, described: dict[str, Any], statements: Sequence[str]) -> str:
        error = described.get("Error") or f"the batch is {described['Status']}"
        sql = statements[0]
        for part, text in zip(described.get("SubStatements", []), statements, strict=False):
            if part["Status"] == "FAILED":
                error, sql = part.get("Error") or error, text
        details = self._copy_error() if "load_error" in error else ""
        return f"{' '.join(sql.split())}\nfailed: {error}{details}"

    def _copy_error(self) -> str:
        for file, line, column, message in self.rows(_COPY_ERROR):
            return f"\n{file}, line {line}, column {str(column).strip()}: {str(message).strip()}"
        return ""


def _value(column: dict[str, Any]) -> Any:
    return None if column.get("isNull") else next(iter(column.values()))
