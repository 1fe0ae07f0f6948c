"""Data type formatting functions: TO_CHAR, TO_DATE, TO_NUMBER, TO_TIMESTAMP."""

from __future__ import annotations

from sqlglot import exp

from local_cloud.redshift.redshift_types import (
    DATE,
    TIMESTAMPTZ,
    RedshiftType,
    numeric,
    varchar,
)
from local_cloud.redshift.sql.datetime_formats import char_sql
from local_cloud.redshift.sql.functions.registry import Arguments, Function, Kind, Types, scalar
from local_cloud.redshift.sql.node_types import quoted_text
from local_cloud.redshift.sql.number_formats import number_format
from local_cloud.redshift.sql.templates import filled, literal
from local_cloud.redshift.statement_errors import refused


def _pattern(arguments: Arguments) -> str:
    pattern = quoted_text(arguments.nodes[1])
    if pattern is None:
        raise refused("a format that is not a constant")
    return pattern


def _datetime_text(arguments: Arguments) -> exp.Expr:
    return filled(char_sql(_pattern(arguments)), arguments.nodes[0])


def _number_text(arguments: Arguments) -> exp.Expr:
    pattern = _pattern(arguments)
    number_format(pattern)
    return filled(
        f"redshift_number_text(CAST({{0}} AS TEXT), {literal(pattern)})", arguments.nodes[0]
    )


def _number(arguments: Arguments) -> exp.Expr:
    pattern = _pattern(arguments)
    storage = numeric(38, number_format(pattern).scale).storage
    read = f"redshift_read_number({{0}}, {literal(pattern)})"
    return filled(f"CAST({read} AS {storage})", arguments.nodes[0])


def _read(arguments: Arguments, of: RedshiftType) -> exp.Expr:
    strict = arguments.nodes[2] if len(arguments.nodes) > 2 else exp.false()
    read = f"redshift_read_moment({{0}}, {literal(_pattern(arguments))}, {{1}})"
    zone = "timezone('UTC', {})" if of == TIMESTAMPTZ else "{}"
    moment = zone.replace("{}", f"CAST({read} AS TIMESTAMP)")
    return filled(f"CAST({moment} AS {of.storage})", arguments.nodes[0], strict)


def _number_type(_: Types) -> None:
    """Return None (unknown), because the scale depends on the format argument, not on its type."""


PATTERN = Kind.CONSTANT
FUNCTIONS: tuple[Function, ...] = (
    scalar("to_char", Kind.TIMESTAMP, PATTERN, returns=varchar(256), sql=_datetime_text),
    scalar("to_char", Kind.NUMBER, PATTERN, returns=varchar(256), sql=_number_text),
    scalar("to_date", Kind.TEXT, PATTERN, returns=DATE, sql=lambda a: _read(a, DATE)),
    scalar("to_date", Kind.TEXT, PATTERN, Kind.BOOLEAN, returns=DATE, sql=lambda a: _read(a, DATE)),
    scalar(
        "to_timestamp",
        *(Kind.TEXT, PATTERN),
        returns=TIMESTAMPTZ,
        sql=lambda a: _read(a, TIMESTAMPTZ),
    ),
    scalar(
        "to_timestamp",
        *(Kind.TEXT, PATTERN, Kind.BOOLEAN),
        returns=TIMESTAMPTZ,
        sql=lambda a: _read(a, TIMESTAMPTZ),
    ),
    scalar("to_number", Kind.TEXT, PATTERN, returns=_number_type, sql=_number),
)
