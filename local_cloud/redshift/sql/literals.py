"""Translates quoted texts to values of a type, once per statement instead of once per row."""

from __future__ import annotations

import re
from collections.abc import Callable
from decimal import Decimal, InvalidOperation

from sqlglot import exp

from local_cloud.redshift.redshift_types import FLOAT8, RedshiftType
from local_cloud.redshift.sql.datetime_literals import (
    read_date,
    read_time,
    read_timestamp,
    read_timestamptz,
)
from local_cloud.redshift.sql.intervals import interval_sql
from local_cloud.redshift.sql.templates import filled, literal
from local_cloud.redshift.statement_errors import StatementFailed

_TRUE = ("t", "true", "y", "yes", "1")
_FALSE = ("f", "false", "n", "no", "0")


_SPECIAL = {
    "today": "CAST(current_date AS TIMESTAMP)",
    "tomorrow": "(current_date + INTERVAL 1 DAY)",
    "yesterday": "(current_date - INTERVAL 1 DAY)",
    "now": "timezone('UTC', now())",
    "epoch": "TIMESTAMP '1970-01-01 00:00:00'",
}


def text_value(text: str, to: RedshiftType) -> exp.Expr:
    """Return a text as a literal of a CHAR or VARCHAR type."""
    return filled(literal(text), of=to)


def literal_value(text: str, to: RedshiftType) -> exp.Expr:
    """Return a quoted text as a literal of a type. Raises StatementFailed for an invalid text."""
    if to.is_text:
        return text_value(text, to)
    if to.is_datetime and text.strip().lower() in _SPECIAL:
        special = _SPECIAL[text.strip().lower()]
        return filled(f"CAST({special} AS {to.storage})", of=to)
    return filled(_LITERALS[to.name](text, to), of=to)


def _whole_literal(text: str, to: RedshiftType) -> str:
    if not re.fullmatch(r"\s*[+-]?\d+\s*", text):
        raise StatementFailed(f'ERROR: invalid input syntax for integer: "{text}"')
    return f"CAST({int(text)} AS {to.storage})"


def _decimal_literal(text: str, to: RedshiftType) -> str:
    try:
        value = Decimal(text.strip())
    except InvalidOperation as error:
        raise StatementFailed(f'ERROR: invalid input syntax for type numeric: "{text}"') from error
    return f"CAST({literal(f'{value:f}')} AS {to.storage})"


def _float_literal(text: str, to: RedshiftType) -> str:
    try:
        float(text)
    except ValueError as error:
        words = f"type {FLOAT8.words}"
        raise StatementFailed(f'ERROR: invalid input syntax for {words}: "{text}"') from error
    return f"CAST({literal(text.strip())} AS {to.storage})"


def _boolean_literal(text: str, to: RedshiftType) -> str:
    word = text.strip().lower()
    if word not in (*_TRUE, *_FALSE):
        raise StatementFailed(f'ERROR: invalid input syntax for type boolean: "{text}"')
    return "TRUE" if word in _TRUE else "FALSE"


_LITERALS: dict[str, Callable[[str, RedshiftType], str]] = {
    "int2": _whole_literal,
    "int4": _whole_literal,
    "int8": _whole_literal,
    "numeric": _decimal_literal,
    "float4": _float_literal,
    "float8": _float_literal,
    "bool": _boolean_literal,
    "date": lambda text, _: f"DATE '{read_date(text)}'",
    "timestamp": lambda text, _: f"TIMESTAMP '{read_timestamp(text).at}'",
    "timestamptz": lambda text, _: f"TIMESTAMPTZ '{read_timestamptz(text)}+00'",
    "time": lambda text, _: f"TIME '{read_time(text)}'",
    "varbyte": lambda text, _: f"encode({literal(text)})",
    "interval": lambda text, _: interval_sql(text),
}
