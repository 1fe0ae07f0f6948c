"""Aggregate functions. With OVER, they are window functions."""

from __future__ import annotations

from local_cloud.redshift.redshift_types import (
    BOOL,
    FLOAT8,
    INT8,
    LONGEST_VARCHAR,
    RedshiftType,
    numeric,
)
from local_cloud.redshift.sql.functions.registry import (
    Function,
    Kind,
    Types,
    aggregate,
    same,
)

ANY, INTEGER, NUMBER, FLOAT = Kind.ANY, Kind.INTEGER, Kind.NUMBER, Kind.FLOAT
TEXT, BOOLEAN = Kind.TEXT, Kind.BOOLEAN


def _total(types: Types) -> RedshiftType | None:
    """Return NUMERIC(38, scale) for an argument of type NUMERIC, else FLOAT8."""
    first = types[0]
    return numeric(38, first.scale) if first is not None and first.name == "numeric" else FLOAT8


def _median(types: Types) -> RedshiftType | None:
    first = types[0]
    return FLOAT8 if first is None or first.is_number and first.name != "numeric" else first


_STATISTICS = ("stddev_samp", "stddev_pop", "var_samp", "var_pop")
_SYNONYMS = {"stddev": "stddev_samp", "variance": "var_samp"}
_EXTREMES = (NUMBER, TEXT, Kind.TIME, Kind.BYTES)
# A cast must be outside of the OVER clause.
_AS_BIGINT = "CAST(trunc({0}) AS BIGINT)"
FUNCTIONS: tuple[Function, ...] = (
    aggregate("any_value", ANY, returns=same, sql="any_value({0})"),
    aggregate("avg", INTEGER, returns=INT8, sql="avg({0})", wrapper=_AS_BIGINT),
    aggregate("avg", NUMBER, returns=_total, sql="avg({0})", wrapper="CAST({0} AS {type})"),
    aggregate("bit_and", INTEGER, returns=same, sql="bit_and({0})"),
    aggregate("bit_or", INTEGER, returns=same, sql="bit_or({0})"),
    *(
        aggregate(name, kind, returns=BOOL, sql=f"{name}({{0}}{cast})")
        for name in ("bool_and", "bool_or")
        for kind, cast in ((BOOLEAN, ""), (INTEGER, " <> 0"))
    ),
    aggregate("count", returns=INT8, sql="count(*)"),
    aggregate("count", ANY, returns=INT8, sql="count({0})"),
    aggregate("listagg", TEXT, returns=LONGEST_VARCHAR, sql="{0}", compute_only=True),
    aggregate("listagg", TEXT, TEXT, returns=LONGEST_VARCHAR, sql="{0}", compute_only=True),
    *(
        aggregate(name, kind, returns=same, sql=f"{name}({{0}})")
        for name in ("max", "min")
        for kind in _EXTREMES
    ),
    aggregate("median", ANY, returns=_median, sql="median({0})", compute_only=True),
    aggregate("percentile_cont", FLOAT, returns=FLOAT8, sql="{0}", compute_only=True),
    aggregate("percentile_disc", FLOAT, returns=FLOAT8, sql="{0}", compute_only=True),
    *(aggregate(name, FLOAT, returns=FLOAT8, sql=f"{name}({{0}})") for name in _STATISTICS),
    *(aggregate(name, FLOAT, returns=FLOAT8, sql=f"{of}({{0}})") for name, of in _SYNONYMS.items()),
    aggregate("sum", INTEGER, returns=INT8, sql="sum({0})", wrapper="CAST({0} AS BIGINT)"),
    aggregate("sum", NUMBER, returns=_total, sql="sum({0})"),
)
