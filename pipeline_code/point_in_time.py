"""Renders the point-in-time join of feature groups as one query of Athena.

Each request (an identifier and a time) gets the features that were known at its time: the record
with the newest event time that is not after it, and of this event time the record that was written
last. Source for the columns write_time, api_invocation_time and is_deleted of the offline store:
https://docs.aws.amazon.com/sagemaker/latest/dg/feature-store-athena-glue-integration.html
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

# Of the records with one event time, the one that was written last counts.
_WRITTEN = ("write_time", "api_invocation_time", "is_deleted")
EventTimeType = Literal["String", "Fractional"]
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]*")


@dataclass(frozen=True, kw_only=True)
class Requests:
    """The table with one row per request. `time` is a column of the type timestamp, in UTC.

    All columns of `columns` are in the result. Without `database`, the query reads the table of the
    database in which it runs.
    """

    table: str
    time: str
    columns: tuple[str, ...]
    database: str = ""

    @property
    def source(self) -> str:
        """The rows for FROM; `time` is a timestamp."""
        return _table(self.database, self.table)

    @property
    def names(self) -> tuple[str, ...]:
        """The names that are in the query."""
        return (self.table, self.time, *self.columns)


@dataclass(frozen=True, kw_only=True)
class LatestRecords(Requests):
    """The latest records of a feature group as requests.

    `time` is a feature with ISO-8601 texts. `event_time` decides which record of an `identifier` is
    the latest. A deleted record is no request.
    """

    identifier: str
    event_time: str
    event_time_type: EventTimeType = "String"

    @property
    def source(self) -> str:
        """The rows for FROM; `time` is a timestamp."""
        columns = [f"l.{_quoted(name)}" for name in self.columns if name != self.time]
        columns.append(f"{_moment('l', self.time, 'String')} AS {_quoted(self.time)}")
        newest = _newest("f", self.event_time, self.event_time_type)
        return (
            f"(SELECT {', '.join(columns)} FROM (\n"
            f"  SELECT f.*, row_number() OVER (PARTITION BY f.{_quoted(self.identifier)} "
            f"ORDER BY {newest}) AS request_age FROM {super().source} f\n"
            ") l WHERE l.request_age = 1 AND NOT l.is_deleted)"
        )

    @property
    def names(self) -> tuple[str, ...]:
        """The names that are in the query."""
        return (*super().names, self.identifier, self.event_time)


@dataclass(frozen=True, kw_only=True)
class GroupFeatures:
    """The features that are read from the table of a feature group's offline store.

    `identifier` is the record identifier; the requests have it in the column `requested_by`.
    `event_time_type` is the type of the feature `event_time`: ISO-8601 texts or seconds.
    """

    table: str
    identifier: str
    requested_by: str
    event_time: str
    event_time_type: EventTimeType
    features: tuple[str, ...]
    prefix: str = ""
    database: str = ""


def point_in_time_query(
    requests: Requests, groups: Sequence[GroupFeatures], *, only_written: bool = False
) -> str:
    """Return the query. It has one row per request; features without a record are NULL.

    Requests with the same identifier and time remain separate rows. A record with is_deleted hides
    the earlier records. With `only_written`, a record counts only if it was also written by the
    time of the request, so that later backfills and corrections are not seen.

    Raises ValueError for an invalid name, and for two columns with the same name.
    """
    _check_names(requests, groups)
    records = [
        f"{_quoted(_alias(place))} AS ({_known(requests, group, only_written)})"
        for place, group in enumerate(groups)
    ]
    columns = [f"r.{_quoted(name)}" for name in requests.columns]
    joins = []
    for place, group in enumerate(groups):
        alias = _quoted(_alias(place))
        columns += [
            f"{alias}.{_quoted(name)} AS {_quoted(group.prefix + name)}" for name in group.features
        ]
        joins.append(
            f"LEFT JOIN {alias} ON {alias}.requested_id = r.{_quoted(group.requested_by)} "
            f"AND {alias}.requested_time = r.{_quoted(requests.time)}"
        )
    return "\n".join(
        [
            "WITH " + ",\n".join(records),
            "SELECT " + ", ".join(columns),
            f"FROM {requests.source} r",
            *joins,
        ]
    )


def _known(requests: Requests, group: GroupFeatures, only_written: bool) -> str:
    """Return the query of the records that were known at the identifiers and times.

    Its rows have distinct identifiers and times. So the join with the requests neither loses nor
    multiplies a request. A number per request would not do: Athena runs a WITH query once per use.
    """
    features = "".join(f", f.{_quoted(name)}" for name in group.features)
    time = _moment("f", group.event_time, group.event_time_type)
    written = " AND f.write_time <= d.requested_time" if only_written else ""
    distinct = (
        f"SELECT DISTINCT {_quoted(group.requested_by)} AS requested_id, "
        f"{_quoted(requests.time)} AS requested_time "
        f"FROM {requests.source}"
    )
    newest = _newest("f", group.event_time, group.event_time_type)
    return (
        "SELECT * FROM (\n"
        f"  SELECT d.requested_id, d.requested_time{features}, f.is_deleted AS deleted_record, "
        f"row_number() OVER (PARTITION BY d.requested_id, d.requested_time ORDER BY {newest}) "
        "AS record_age\n"
        f"  FROM ({distinct}) d JOIN {_table(group.database, group.table)} f "
        f"ON f.{_quoted(group.identifier)} = d.requested_id\n"
        f"  WHERE {time} <= d.requested_time{written}\n"
        ") known WHERE record_age = 1 AND NOT deleted_record"
    )


def _newest(table: str, event_time: str, event_time_type: EventTimeType) -> str:
    """Return the order of records in which the one that counts is the first."""
    time = _moment(table, event_time, event_time_type)
    order = (time, *(f"{table}.{name}" for name in _WRITTEN))
    return ", ".join(f"{each} DESC" for each in order)


def _moment(table: str, column: str, kind: EventTimeType) -> str:
    """Return the time in a column as a timestamp in UTC."""
    convert = {"String": "from_iso8601_timestamp", "Fractional": "from_unixtime"}
    moment = f"{convert[kind]}({table}.{_quoted(column)})"
    return f"CAST({moment} AT TIME ZONE 'UTC' AS timestamp)"


def _check_names(requests: Requests, groups: Sequence[GroupFeatures]) -> None:
    results = [*requests.columns, *(g.prefix + name for g in groups for name in g.features)]
    names = [*requests.names, *results]
    names += filter(None, (requests.database, *(group.database for group in groups)))
    for group in groups:
        names += [group.table, group.identifier, group.requested_by]
        names += [group.event_time, *group.features]
    for name in names:
        if not _NAME.fullmatch(name):
            raise ValueError(
                f"{name!r} is not a valid name: it must consist of letters, digits, _ and -, and "
                "start with a letter or digit"
            )
    repeated = [name for name, count in Counter(map(str.lower, results)).items() if count > 1]
    if repeated:
        raise ValueError(f"the result has several columns {repeated[0]!r}: set prefix of a group")


def _alias(place: int) -> str:
    return f"group_{place}"


def _table(database: str, table: str) -> str:
    return f"{_quoted(database)}.{_quoted(table)}" if database else _quoted(table)


def _quoted(name: str) -> str:
    return f'"{name}"'
