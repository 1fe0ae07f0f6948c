"""Date and time functions."""

from __future__ import annotations

from collections.abc import Callable

from sqlglot import exp

from local_cloud.redshift.redshift_types import (
    DATE,
    FLOAT8,
    INT4,
    INT8,
    TIME,
    TIMESTAMP,
    TIMESTAMPTZ,
    RedshiftType,
    varchar,
)
from local_cloud.redshift.sql.date_parts import date_part
from local_cloud.redshift.sql.functions.registry import (
    Arguments,
    Function,
    Kind,
    Types,
    renamed,
    scalar,
)
from local_cloud.redshift.sql.templates import filled
from local_cloud.redshift.statement_errors import StatementFailed

PART, INTEGER, STAMP = Kind.PART, Kind.INTEGER, Kind.TIMESTAMP
_NOW = "timezone('UTC', now())"
# Date part -> the interval of `{1}` units.
_STEPS = {
    "millennium": "to_years({1} * 1000)",
    "century": "to_years({1} * 100)",
    "decade": "to_years({1} * 10)",
    "quarter": "to_months({1} * 3)",
    "month": "to_months({1})",
    "week": "to_days({1} * 7)",
    "day": "to_days({1})",
    "hour": "to_hours({1})",
    "minute": "to_minutes({1})",
    "second": "to_seconds({1})",
    "millisecond": "to_milliseconds({1})",
    "microsecond": "to_microseconds({1})",
}
_WHOLE_PARTS = {
    "millennium": "millennium({1})",
    "century": "century({1})",
    "decade": "(year({1}) // 10 + 1)",
    "year": "year({1})",
    "quarter": "quarter({1})",
    "month": "month({1})",
    "week": "week({1})",
    "dayofweek": "dayofweek({1})",
    "dayofyear": "dayofyear({1})",
    "day": "day({1})",
    "epoch": "CAST(epoch({1}) AS BIGINT)",
}
_CLOCK_PARTS = {
    "hour": "hour({1})",
    "minute": "minute({1})",
    "second": "second({1})",
    "millisecond": "(millisecond({1}) % 1000)",
    "microsecond": "(microsecond({1}) % 1000000)",
}


def _part(arguments: Arguments) -> str:
    return date_part(arguments.nodes[0].name)


def _picked(parts: dict[str, str], part: str) -> str:
    if part not in parts:
        raise StatementFailed(f'ERROR: timestamp units "{part}" not supported')
    return parts[part]


def _moved(arguments: Arguments) -> exp.Expr:
    """Translate DATEADD: 31 January + 1 month is 28 February; 29 February + 1 year is 1 March."""
    part = _part(arguments)
    if part == "year":
        month = "date_trunc('month', {2})"
        return filled(f"({month} + to_years({{1}}) + ({{2}} - {month}))", *arguments.nodes)
    step = _picked(_STEPS, part)
    return filled(f"({{2}} + {step.replace('{1}', 'CAST({1} AS INTEGER)')})", *arguments.nodes)


def _moved_time(arguments: Arguments) -> exp.Expr:
    step = _picked(_STEPS, _part(arguments))
    return filled(f"({{2}} + {step})", *arguments.nodes)


def _difference(arguments: Arguments) -> exp.Expr:
    """Translate DATEDIFF: the number of boundaries between two times. Weeks start on Monday."""
    part = _part(arguments)
    if part in ("decade", "century", "millennium"):
        number = _WHOLE_PARTS[part]
        before, after = number.replace("{1}", "{1}"), number.replace("{1}", "{2}")
        return filled(f"({after} - {before})", *arguments.nodes)
    if part == "week":
        monday = "date_trunc('week', {%d})"
        days = f"date_diff('day', {monday % 1}, {monday % 2})"
        return filled(f"({days} // 7)", *arguments.nodes)
    _picked({**_STEPS, "year": ""}, part)
    return filled(f"date_diff('{part}', {{1}}, {{2}})", *arguments.nodes)


def _date_part(arguments: Arguments) -> exp.Expr:
    """Translate DATE_PART. Seconds have a fraction."""
    part = _part(arguments)
    parts = {**_WHOLE_PARTS, **_CLOCK_PARTS}
    if part == "second":
        number = "(microsecond({1}) / 1000000.0)"
    else:
        number = "epoch({1})" if part == "epoch" else _picked(parts, part)
    return filled(f"CAST({number} AS DOUBLE)", *arguments.nodes)


def _extracted(type_name: str, parts: dict[str, str]) -> Callable[[Arguments], exp.Expr]:
    def extract(arguments: Arguments) -> exp.Expr:
        number = _picked(parts, _part(arguments))
        kind = "BIGINT" if type_name == "INTEGER" and _part(arguments) == "epoch" else type_name
        return filled(f"CAST({number} AS {kind})", *arguments.nodes)

    return extract


def _truncated(arguments: Arguments) -> exp.Expr:
    """Translate DATE_TRUNC. Centuries and millennia start with the year 1, such as 2001."""
    part = _part(arguments)
    if part in ("century", "millennium"):
        return filled(
            f"(date_trunc('{part}', {{1}} - INTERVAL 1 YEAR) + INTERVAL 1 YEAR)", *arguments.nodes
        )
    _picked({**_STEPS, "year": ""}, part)
    return filled(f"date_trunc('{part}', {{1}})", *arguments.nodes)


def _compared(left: str = "{0}", right: str = "{1}") -> str:
    return f"(CAST({left} > {right} AS INTEGER) - CAST({left} < {right} AS INTEGER))"


_MONTHS_APART = "(year({0}) - year({1})) * 12 + (month({0}) - month({1}))"
_SAME_DAY = (
    "(day({0}) = day({1}) OR (CAST({0} AS DATE) = last_day({0}) "
    "AND CAST({1} AS DATE) = last_day({1})))"
)
_SECONDS = "(epoch({%d}) - epoch(date_trunc('day', {%d})))"
_DAYS_APART = f"(day({{0}}) - day({{1}}) + ({_SECONDS % (0, 0)} - {_SECONDS % (1, 1)}) / 86400.0)"
_DAY_NUMBER = (
    "CASE WHEN lower({1}) IN ('su', 'sun', 'sunday') THEN 0 "
    "WHEN lower({1}) IN ('m', 'mo', 'mon', 'monday') THEN 1 "
    "WHEN lower({1}) IN ('tu', 'tue', 'tues', 'tuesday') THEN 2 "
    "WHEN lower({1}) IN ('w', 'we', 'wed', 'wednesday') THEN 3 "
    "WHEN lower({1}) IN ('th', 'thu', 'thurs', 'thursday') THEN 4 "
    "WHEN lower({1}) IN ('f', 'fr', 'fri', 'friday') THEN 5 "
    "WHEN lower({1}) IN ('sa', 'sat', 'saturday') THEN 6 "
    "WHEN {1} IS NOT NULL THEN CAST(error('Day name is not valid: ' || {1}) AS INTEGER) END"
)
_NEXT_DAY = f"CAST({{0}} + CAST(({_DAY_NUMBER} - dayofweek({{0}}) + 6) % 7 + 1 AS INTEGER) AS DATE)"
_LAST_DAY_KEPT = (
    "CASE WHEN CAST({0} AS DATE) = last_day({0}) "
    "THEN last_day({0} + to_months({1})) + CAST({0} AS TIME) ELSE {0} + to_months({1}) END"
)


def _extract_type(types: Types) -> RedshiftType:
    return FLOAT8 if types[1] == TIMESTAMPTZ else INT4


_BASE: tuple[Function, ...] = (
    scalar("add_months", STAMP, INTEGER, returns=TIMESTAMP, sql=_LAST_DAY_KEPT),
    scalar("current_date", returns=DATE, sql="current_date"),
    scalar("date_cmp", Kind.DATE, Kind.DATE, returns=INT4, sql=_compared()),
    scalar("timestamp_cmp", STAMP, STAMP, returns=INT4, sql=_compared()),
    scalar("timestamptz_cmp", *[Kind.TIMESTAMPTZ] * 2, returns=INT4, sql=_compared()),
    scalar("dateadd", PART, INTEGER, STAMP, returns=TIMESTAMP, sql=_moved),
    scalar("dateadd", PART, INTEGER, Kind.TIME, returns=TIME, sql=_moved_time),
    scalar("datediff", PART, STAMP, STAMP, returns=INT8, sql=_difference),
    scalar("datediff", PART, Kind.TIME, Kind.TIME, returns=INT8, sql=_difference),
    scalar("date_part", PART, STAMP, returns=FLOAT8, sql=_date_part),
    scalar("date_part", PART, Kind.TIME, returns=FLOAT8, sql=_date_part),
    scalar("date_part_year", Kind.DATE, returns=INT4, sql="CAST(year({0}) AS INTEGER)"),
    scalar("date_trunc", PART, STAMP, returns=TIMESTAMP, sql=_truncated),
    scalar(
        "extract",
        *(PART, STAMP),
        returns=_extract_type,
        sql=_extracted("INTEGER", {**_WHOLE_PARTS, **_CLOCK_PARTS}),
    ),
    scalar("extract", PART, Kind.TIME, returns=INT4, sql=_extracted("INTEGER", _CLOCK_PARTS)),
    scalar("getdate", returns=TIMESTAMP, sql=f"date_trunc('second', {_NOW})"),
    scalar("sysdate", returns=TIMESTAMP, sql=_NOW),
    scalar("now", returns=TIMESTAMPTZ, sql="now()", leader_only=True),
    scalar("current_timestamp", returns=TIMESTAMPTZ, sql="now()", leader_only=True),
    scalar("interval_cmp", *[Kind.INTERVAL] * 2, returns=INT4, sql=_compared()),
    scalar("last_day", STAMP, returns=DATE, sql="last_day({0})"),
    scalar(
        "months_between",
        *(STAMP, STAMP),
        returns=FLOAT8,
        sql=f"CAST({_MONTHS_APART} AS DOUBLE) "
        f"+ CASE WHEN {_SAME_DAY} THEN 0 ELSE {_DAYS_APART} / 31.0 END",
    ),
    scalar("next_day", Kind.DATE, Kind.TEXT, returns=DATE, sql=_NEXT_DAY),
    scalar(
        "timeofday",
        returns=varchar(64),
        sql=f"strftime({_NOW}, '%a %b %d %H:%M:%S.%f %Y UTC')",
    ),
    scalar("trunc", STAMP, returns=DATE, sql="CAST({0} AS DATE)"),
)
_SYNONYMS = {
    "date_add": "dateadd",
    "date_diff": "datediff",
    "pgdate_part": "date_part",
    "date_cmp_timestamp": "timestamp_cmp",
    "date_cmp_timestamptz": "timestamptz_cmp",
    "timestamp_cmp_date": "timestamp_cmp",
    "timestamp_cmp_timestamptz": "timestamptz_cmp",
    "timestamptz_cmp_date": "timestamptz_cmp",
    "timestamptz_cmp_timestamp": "timestamptz_cmp",
}
FUNCTIONS: tuple[Function, ...] = (
    *_BASE,
    *(synonym for name, of in _SYNONYMS.items() for synonym in renamed(name, _BASE, of)),
)
