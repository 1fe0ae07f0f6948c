"""Computes a digest of the rows of a query in the warehouse, whatever their order.

The user of a pipeline sees no time of the last change of a table, so the rows themselves are read
(docs/decisions/0057-a-run-without-new-data-ends-at-once.md).
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import statements
from botocore.exceptions import ClientError
from bound_query import BoundQuery
from day_query import Column, DayQuery, DaysRefused

# Hexadecimal digits of MD5 that STRTOL returns as a BIGINT.
_DIGITS = 15


class DigestFailed(Exception):
    """The digest could not be computed; the message contains the error of the database."""


@dataclass(frozen=True)
class RowDigest:
    """Computes digests with `client`, a client of the Data API, for the step of one execution."""

    client: Any
    connection: dict[str, str]
    execution_id: str
    seconds_left: Callable[[], float]

    def of(self, query: BoundQuery) -> list[str]:
        """Return the columns of the rows with their types, the number of rows, and two checksums.

        Raises:
            DigestFailed: a statement failed, or took too long.
        """
        with _failures():
            sql = f"SELECT * FROM ({query.text}\n) AS extracted LIMIT 0"
            described = self._result(query, sql)["ColumnMetadata"]
            columns = [(column["name"], column["typeName"]) for column in described]
            return [*_named(columns), *self._checksums(query, query.text, columns)]

    def of_days(self, query: DayQuery) -> list[str]:
        """Return the columns, the number of rows of each day, and the checksums of late days.

        These are the rows that an incremental extraction reads. Rows of earlier days whose number
        is the same are not read.

        Raises:
            DigestFailed: a statement failed or took too long, or a row has no day.
        """
        with _failures():
            counted = query.counted(self.client, self._run(query.bound, query.counting))
            days = sorted(counted.rows.items())
            late: list[str] = []
            if days:
                newest, _ = days[-1]
                text = query.rows_of([(query.since(newest), newest)])
                late = self._checksums(query.bound, text, counted.columns)
        counts = [f"{day} {rows}" for day, rows in days]
        return [*query.period, query.column, *_named(counted.columns), *counts, *late]

    def _checksums(self, query: BoundQuery, text: str, columns: Sequence[Column]) -> list[str]:
        sql = digest_sql(text, [type_ for _, type_ in columns])
        (record,) = self._result(query, sql)["Records"]
        return [str(next(iter(field.values()))) for field in record]

    def _result(self, query: BoundQuery, sql: str) -> dict[str, Any]:
        sqls = [*query.preparation, sql]
        return dict(self.client.get_statement_result(Id=f"{self._run(query, sqls)}:{len(sqls)}"))

    def _run(self, query: BoundQuery, sqls: list[str]) -> str:
        """Run the statements of a query with its values, and return the id of the batch."""
        request = {"Sqls": sqls, **query.parameters, **self.connection}
        work = ["new_data", self.execution_id, json.dumps(request)]
        statement = statements.start(self.client, work, self.seconds_left, **request)
        statements.wait(self.client, statement, self.seconds_left)
        return statement


@contextmanager
def _failures() -> Iterator[None]:
    """Report a failure as DigestFailed."""
    try:
        yield
    except (
        ClientError,
        DaysRefused,
        statements.StatementFailed,
        statements.StatementTimeout,
        statements.CancellationTimeout,
    ) as error:
        raise DigestFailed(f"the rows could not be compared: {error}") from error


def _named(columns: Sequence[Column]) -> list[str]:
    return [f"{name} {type_}" for name, type_ in columns]


def digest_sql(query: str, types: list[str]) -> str:
    """Return the SQL that counts the rows and sums two numbers of the MD5 of each row.

    A sum depends on each copy of a row, and not on the order of the rows.
    """
    names = [f"c{number}" for number in range(1, len(types) + 1)]
    row = " || ".join(_digest(name, type_) for name, type_ in zip(names, types, strict=True))
    sums = ", ".join(
        f"SUM(CAST(STRTOL(SUBSTRING(digest, {start}, {_DIGITS}), 16) AS DECIMAL(38, 0)))"
        for start in (1, 1 + _DIGITS)
    )
    return (
        f"SELECT COUNT(*), {sums} FROM (SELECT MD5({row}) AS digest "
        f"FROM ({query}\n) AS extracted ({', '.join(names)})) AS digests"
    )


def _digest(column: str, type_: str) -> str:
    """Return the SQL of a text that differs for different values, and of '-' for NULL.

    A boolean is neither cast to a text nor compared with IS: Redshift rejects the cast, and takes
    IS with a boolean only in WHERE
    (https://docs.aws.amazon.com/redshift/latest/dg/r_Boolean_type.html). The cast of a SUPER object
    or array is NULL (https://docs.aws.amazon.com/redshift/latest/dg/limitations-super.html), and
    its JSON is never NULL (https://docs.aws.amazon.com/redshift/latest/dg/JSON_SERIALIZE.html).
    """
    if type_ == "super":
        return f"MD5(JSON_SERIALIZE({column}))"
    if type_ == "bool":
        return f"CASE WHEN {column} THEN 't' WHEN NOT {column} THEN 'f' ELSE '-' END"
    return f"CASE WHEN {column} IS NULL THEN '-' ELSE MD5(CAST({column} AS VARCHAR)) END"
