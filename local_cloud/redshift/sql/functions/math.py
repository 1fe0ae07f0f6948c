"""Math functions."""

from __future__ import annotations

from sqlglot import exp

from local_cloud.redshift.redshift_types import FLOAT8, RedshiftType, numeric
from local_cloud.redshift.sql.functions.registry import (
    Arguments,
    Function,
    Kind,
    Types,
    same,
    scalar,
)
from local_cloud.redshift.sql.numeric_types import computed
from local_cloud.redshift.sql.templates import filled

FLOAT, NUMBER, INTEGER = Kind.FLOAT, Kind.NUMBER, Kind.INTEGER


def _number(types: Types) -> RedshiftType | None:
    return types[0] if types[0] is not None else FLOAT8


def _without_fraction(types: Types) -> RedshiftType | None:
    first = types[0]
    if first is not None and first.name == "numeric":
        return numeric(first.precision, 0)
    return first if first is not None else FLOAT8


def _sign_type(types: Types) -> RedshiftType:
    return numeric(1, 0) if types[0] is not None and types[0].name == "numeric" else FLOAT8


def _sign(arguments: Arguments) -> exp.Expr:
    return filled(f"CAST(sign({{0}}) AS {_sign_type(arguments.types).storage})", *arguments.nodes)


def _remainder(types: Types) -> RedshiftType | None:
    left, right = types
    return computed(exp.Mod, left, right) if left and right else left or right


def _checked(name: str, wrong: str, message: str) -> str:
    return f"CASE WHEN {wrong} THEN CAST(error('{message}') AS DOUBLE) ELSE {name}({{0}}) END"


_LOG_ERROR = "cannot take logarithm of a number that is not positive"
_FLOATS = {
    **{name: f"{name}({{0}})" for name in ("atan", "cbrt", "cos", "cot", "degrees", "exp")},
    **{name: f"{name}({{0}})" for name in ("radians", "sin", "tan")},
    "acos": _checked("acos", "abs({0}) > 1", "input is out of range"),
    "asin": _checked("asin", "abs({0}) > 1", "input is out of range"),
    "dexp": "exp({0})",
    "ln": _checked("ln", "{0} <= 0", _LOG_ERROR),
    "dlog1": _checked("ln", "{0} <= 0", _LOG_ERROR),
    "log": _checked("log10", "{0} <= 0", _LOG_ERROR),
    "dlog10": _checked("log10", "{0} <= 0", _LOG_ERROR),
    "sqrt": _checked("sqrt", "{0} < 0", "cannot take square root of a negative number"),
}
FUNCTIONS: tuple[Function, ...] = (
    *(scalar(name, FLOAT, returns=FLOAT8, sql=sql) for name, sql in _FLOATS.items()),
    scalar("abs", NUMBER, returns=_number, sql="abs({0})"),
    scalar("atan2", FLOAT, FLOAT, returns=FLOAT8, sql="atan2({0}, {1})"),
    *(scalar(name, INTEGER, returns=same, sql="{0}") for name in ("ceil", "ceiling", "floor")),
    scalar("ceil", NUMBER, returns=_without_fraction, sql="ceil({0})"),
    scalar("ceiling", NUMBER, returns=_without_fraction, sql="ceil({0})"),
    scalar("floor", NUMBER, returns=_without_fraction, sql="floor({0})"),
    scalar("mod", NUMBER, NUMBER, returns=_remainder, sql="({0} % {1})"),
    scalar("pi", returns=FLOAT8, sql="pi()"),
    scalar("pow", FLOAT, FLOAT, returns=FLOAT8, sql="pow({0}, {1})"),
    scalar("power", FLOAT, FLOAT, returns=FLOAT8, sql="pow({0}, {1})"),
    scalar("random", returns=FLOAT8, sql="random()"),
    scalar("round", NUMBER, returns=_without_fraction, sql="round({0})"),
    scalar("round", NUMBER, INTEGER, returns=_number, sql="round({0}, {1})"),
    scalar("sign", FLOAT, returns=_sign_type, sql=_sign),
    scalar("trunc", NUMBER, returns=_without_fraction, sql="trunc({0})"),
    scalar("trunc", NUMBER, INTEGER, returns=_number, sql="trunc({0}, {1})"),
)
