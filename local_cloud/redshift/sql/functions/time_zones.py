"""CONVERT_TIMEZONE and TIMEZONE."""

from __future__ import annotations

from sqlglot import exp

from local_cloud.redshift.redshift_types import TIMESTAMP, TIMESTAMPTZ, RedshiftType
from local_cloud.redshift.sql.functions.registry import Arguments, Function, Kind, scalar
from local_cloud.redshift.sql.node_types import quoted_text
from local_cloud.redshift.sql.templates import filled, literal
from local_cloud.redshift.sql.time_zones import checked_zone, fixed_offset
from local_cloud.redshift.statement_errors import refused


def in_zone(moment: exp.Expr, zone: str, of: RedshiftType | None) -> exp.Expr:
    """Convert a TIMESTAMPTZ to the local time of a zone, or a local time to a TIMESTAMPTZ."""
    offset = fixed_offset(zone)
    if offset is None:
        return filled(f"timezone({literal(checked_zone(zone))}, {{0}})", moment)
    seconds = int(offset.total_seconds())
    if of == TIMESTAMPTZ:
        return filled(f"(timezone('UTC', {{0}}) + to_seconds({seconds}))", moment)
    return filled(f"timezone('UTC', {{0}} - to_seconds({seconds}))", moment)


def _zone(node: exp.Expr) -> str:
    zone = quoted_text(node)
    if zone is None:
        raise refused("a time zone that is not a constant")
    return zone


def _converted(arguments: Arguments) -> exp.Expr:
    *source, target, moment = arguments.nodes
    utc = in_zone(moment, _zone(source[0]) if source else "UTC", TIMESTAMP)
    return in_zone(utc, _zone(target), TIMESTAMPTZ)


def _timezone(arguments: Arguments) -> exp.Expr:
    zone, moment = arguments.nodes
    return in_zone(moment, _zone(zone), arguments.types[1])


ZONE, STAMP = Kind.CONSTANT, Kind.TIMESTAMP
FUNCTIONS: tuple[Function, ...] = (
    scalar("convert_timezone", ZONE, STAMP, returns=TIMESTAMP, sql=_converted),
    scalar("convert_timezone", ZONE, ZONE, STAMP, returns=TIMESTAMP, sql=_converted),
    scalar(
        "timezone",
        *(ZONE, Kind.ANY),
        returns=lambda types: TIMESTAMP if types[1] == TIMESTAMPTZ else TIMESTAMPTZ,
        sql=_timezone,
    ),
)
