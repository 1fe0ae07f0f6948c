"""Runs a statement, and reads its result as typed rows or as CSV."""

from __future__ import annotations

import csv
import io
import math
import re
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import islice
from typing import Any

# The longest time that DescribeStatement waits for the end of a statement.
_WAIT_SECONDS = 30
_RUNNING = ("SUBMITTED", "PICKED", "STARTED")
_POSITION = re.compile(r"\s*\bPosition: (\d+)")


class StatementFailed(Exception):
    """The database rejected or ended the statement; the message is that of the database.

    If the database names the position of the error, the message contains its line and column.
    """

    def __init__(self, error: str, sql: str) -> None:
        self.position = _position(error, sql)
        where = self.position and " (line {}, column {}: {})".format(*self.position)
        super().__init__(_POSITION.sub("", error) + (where or ""))


@dataclass(frozen=True)
class Result:
    """A finished statement."""

    client: Any
    id: str
    rows: int
    has_rows: bool

    def pages(self) -> Iterator[tuple[list[str], list[list[Any]]]]:
        """Yield the names of the columns and the typed rows of each page."""
        for columns, rows in self.described_pages():
            yield [column["name"] for column in columns], rows

    def described_pages(self) -> Iterator[tuple[list[dict[str, Any]], list[list[Any]]]]:
        """Yield the ColumnMetadata of the columns and the typed rows of each page.

        https://docs.aws.amazon.com/redshift-data/latest/APIReference/API_ColumnMetadata.html
        """
        for page in self.client.get_paginator("get_statement_result").paginate(Id=self.id):
            rows = [[_value(field) for field in record] for record in page["Records"]]
            yield page["ColumnMetadata"], rows

    def csv(self, limit: int | None) -> Iterator[str]:
        """Yield CSV with one header: its text is passed on as the service returns it.

        botocore parses 50 times as many cells per second as in JSON. NULL and the empty text are
        the same in this format.
        https://docs.aws.amazon.com/redshift-data/latest/APIReference/API_GetStatementResultV2.html
        """
        left = limit
        for number, page in enumerate(
            self.client.get_paginator("get_statement_result_v2").paginate(Id=self.id)
        ):
            header = _line([column["name"] for column in page["ColumnMetadata"]])
            # The pages may begin with the header.
            text = "".join(each["CSVRecords"] for each in page["Records"]).removeprefix(header)
            yield header if number == 0 else ""
            if left is None:
                yield text
                continue
            lines = [_line(row) for row in islice(csv.reader(io.StringIO(text, newline="")), left)]
            yield "".join(lines)
            left -= len(lines)
            if left <= 0:
                return


def execute(
    client: Any,
    sql: str,
    target: Mapping[str, str],
    *,
    as_csv: bool,
    timeout_seconds: float | None = None,
) -> Result:
    """Run a statement and wait for its end. Ctrl-C and the end of the time cancel the statement.

    Raises `StatementFailed`, and `TimeoutError` if the statement has not ended in time.
    """
    result_format = {"ResultFormat": "CSV"} if as_csv else {}
    started = client.execute_statement(Sql=sql, **target, **result_format)
    statement = _ended(client, started["Id"], timeout_seconds)
    if statement["Status"] != "FINISHED":
        raise StatementFailed(statement.get("Error", statement["Status"]), sql)
    return Result(
        client, statement["Id"], max(statement.get("ResultRows", 0), 0), statement["HasResultSet"]
    )


def _ended(client: Any, identifier: str, timeout_seconds: float | None) -> dict[str, Any]:
    deadline = None if timeout_seconds is None else time.monotonic() + timeout_seconds
    try:
        while True:
            left = _WAIT_SECONDS if deadline is None else deadline - time.monotonic()
            statement: dict[str, Any] = client.describe_statement(
                Id=identifier, WaitTimeSeconds=max(0, min(_WAIT_SECONDS, math.ceil(left)))
            )
            if statement["Status"] not in _RUNNING:
                return statement
            if left <= 0:
                raise TimeoutError(
                    f"the statement {identifier} had not ended after {timeout_seconds:g} seconds "
                    "and was cancelled: allow more seconds, or select fewer rows"
                )
    except (KeyboardInterrupt, TimeoutError):
        client.cancel_statement(Id=identifier)
        raise


def _position(error: str, sql: str) -> tuple[int, int, str] | None:
    """Return line, column and text of the line at the position in an error, which counts from 1."""
    found = _POSITION.search(error)
    if found is None or not 1 <= int(found[1]) <= len(sql):
        return None
    before = sql[: int(found[1]) - 1].split("\n")
    return len(before), len(before[-1]) + 1, sql.split("\n")[len(before) - 1].strip()


def _value(field: Mapping[str, Any]) -> Any:
    """Return the value of a Field; None for NULL."""
    return None if field.get("isNull") else next(iter(field.values()))


def _line(values: list[str]) -> str:
    text = io.StringIO(newline="")
    csv.writer(text, lineterminator="\r\n").writerow(values)
    return text.getvalue()
