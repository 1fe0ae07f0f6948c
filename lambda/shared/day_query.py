"""The days of a query: counts its rows per day, and reads the rows of some days.

A day is the date of one column of the query. In Python, days are texts (YYYY-MM-DD), which sort
like dates.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from bound_query import ArgumentRefused, BoundQuery, require, require_all

# Its presence among the arguments of a step makes the extraction incremental.
DAY_COLUMN = "day_column"
ARGUMENTS = {DAY_COLUMN, "late_days", "first_day", "last_day"}
# The column by which UNLOAD divides the rows; it is not in the files.
UNLOADED_DAY = "unloaded_day"
# Types of the column, as the Data API names them.
_TYPES = ("date", "timestamp", "timestamptz")
# Of a statement that contains them; the Data API accepts 100 KB
# (https://docs.aws.amazon.com/redshift/latest/mgmt/data-api.html).
_MOST_SPANS = 500

Span = tuple[str, str]  # the first and the last day
Column = tuple[str, str]  # the name and the type


class DaysRefused(Exception):
    """The rows of the query cannot be assigned to days; the message says why."""


@dataclass(frozen=True)
class CountedDays:
    """The columns of a query, and the number of its rows of each day."""

    columns: tuple[Column, ...]
    rows: Mapping[str, int]


@dataclass(frozen=True)
class DayQuery:
    """A query whose rows have a day in `column`, from `first_day` to `last_day`.

    The rows of a day may arrive up to `late_days` days later.
    """

    bound: BoundQuery
    column: str
    late_days: int
    first_day: str
    last_day: str

    @classmethod
    def read(cls, texts: Mapping[str, str]) -> DayQuery | None:
        """Return the days of the arguments of a step, or None if it is not incremental.

        Raises:
            ArgumentRefused: an argument is missing or not valid.
        """
        if DAY_COLUMN not in texts:
            return None
        require_all(ARGUMENTS, texts)
        require("[a-z_][a-z0-9_]*", texts, DAY_COLUMN, "the name of a column, in lower case")
        require(r"\d{1,4}", texts, "late_days", "a number of days")
        for name in ("first_day", "last_day"):
            _require_day(texts, name)
        return cls(
            BoundQuery.read(texts),
            texts[DAY_COLUMN],
            int(texts["late_days"]),
            texts["first_day"],
            texts["last_day"],
        )

    @property
    def period(self) -> Span:
        """The first and the last day."""
        return self.first_day, self.last_day

    @property
    def counting(self) -> list[str]:
        """The statements that describe the columns, and count the rows of each day.

        A row without a day is counted too, so that it is found.
        """
        name, text = _quoted(self.column), self.bound.text
        return [
            *self.bound.preparation,
            f"SELECT * FROM ({text}\n) AS extracted LIMIT 0",
            f"SELECT CAST(CAST({name} AS DATE) AS VARCHAR) AS counted_day, COUNT(*) "
            f"FROM ({text}\n) AS extracted "
            f"WHERE {self._within([self.period])} OR {name} IS NULL GROUP BY 1",
        ]

    def counted(self, client: Any, statement: str) -> CountedDays:
        """Return the result of the statements `counting`, a finished batch of the Data API.

        Raises:
            DaysRefused: the column is not a day, or a row has none.
        """
        last = len(self.counting)
        described = client.get_statement_result(Id=f"{statement}:{last - 1}")["ColumnMetadata"]
        columns = tuple((column["name"], column["typeName"]) for column in described)
        if dict(columns).get(self.column) not in _TYPES:
            raise DaysRefused(
                f"{DAY_COLUMN} is {self.column!r}, expected a column of the query with the type "
                f"{', '.join(_TYPES)}; the query has {dict(columns)}: cast it in the query"
            )
        pages = client.get_paginator("get_statement_result").paginate(Id=f"{statement}:{last}")
        records = [record for page in pages for record in page["Records"]]
        missing = [count["longValue"] for day, count in records if day.get("isNull")]
        if missing:
            raise DaysRefused(
                f"{missing[0]} rows have no {self.column}, expected a day in each row: leave them "
                "out in the query, or give them a day"
            )
        return CountedDays(
            columns,
            {day["stringValue"]: count["longValue"] for day, count in records},
        )

    def rows_of(self, spans: Iterable[Span]) -> str:
        """Return the query of the rows of these days."""
        return f"SELECT * FROM ({self.bound.text}\n) AS extracted WHERE {self._within(spans)}"

    def divisible_rows_of(self, spans: Iterable[Span]) -> str:
        """Return the query of the rows of these days, with the column UNLOADED_DAY."""
        return (
            f"SELECT extracted.*, CAST({_quoted(self.column)} AS DATE) AS {UNLOADED_DAY} "
            f"FROM ({self.bound.text}\n) AS extracted WHERE {self._within(spans)}"
        )

    def since(self, newest: str) -> str:
        """Return the first day whose rows may still arrive when the newest day is `newest`."""
        return (date.fromisoformat(newest) - timedelta(days=self.late_days)).isoformat()

    def _within(self, spans: Iterable[Span]) -> str:
        """Return the condition of some days, without a cast: Redshift then skips blocks."""
        name = _quoted(self.column)
        parts = [
            f"({name} >= DATE '{first}' AND {name} < DATE '{_following(last)}')"
            for first, last in spans
        ]
        return f"({' OR '.join(parts)})"


def spans_of(days: Collection[str], among: Iterable[str]) -> list[Span]:
    """Return `days` as spans without another day of `among`; of many, the one span of all days."""
    spans: list[Span] = []
    chosen, previous = set(days), ""
    for day in sorted({*among, *chosen}):
        if day in chosen and previous in chosen:
            spans[-1] = (spans[-1][0], day)
        elif day in chosen:
            spans.append((day, day))
        previous = day
    return spans if len(spans) <= _MOST_SPANS else [(spans[0][0], spans[-1][1])]


def _following(day: str) -> str:
    return (date.fromisoformat(day) + timedelta(days=1)).isoformat()


def _quoted(name: str) -> str:
    return f'"{name}"'


def _require_day(texts: Mapping[str, str], name: str) -> None:
    expected = "a day from 1000-01-01 to 2999-12-31"
    require(r"[12]\d{3}-\d{2}-\d{2}", texts, name, expected)
    try:
        date.fromisoformat(texts[name])
    except ValueError as error:
        raise ArgumentRefused(f"{name} is {texts[name]!r}, expected {expected}") from error
