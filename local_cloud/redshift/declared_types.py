"""Converts data types between Redshift's declarations and sqlglot's tree."""

from __future__ import annotations

from functools import cache

from sqlglot import exp

from local_cloud.redshift.redshift_types import (
    BOOL,
    DATE,
    DEFAULT_VARCHAR,
    FLOAT4,
    FLOAT8,
    INT2,
    INT4,
    INT8,
    INTERVAL,
    MAX_CHAR,
    MAX_DIGITS,
    MAX_VARCHAR,
    TIME,
    TIMESTAMP,
    TIMESTAMPTZ,
    VARBYTE,
    RedshiftType,
    numeric,
)
from local_cloud.redshift.statement_errors import StatementFailed, refused

_TYPES = {
    exp.DType.SMALLINT: INT2,
    exp.DType.INT: INT4,
    exp.DType.BIGINT: INT8,
    exp.DType.FLOAT: FLOAT4,
    exp.DType.DOUBLE: FLOAT8,
    exp.DType.BOOLEAN: BOOL,
    exp.DType.DATE: DATE,
    exp.DType.TIMESTAMP: TIMESTAMP,
    exp.DType.DATETIME: TIMESTAMP,
    exp.DType.TIMESTAMPTZ: TIMESTAMPTZ,
    exp.DType.TIME: TIME,
    exp.DType.VARBINARY: VARBYTE,
    exp.DType.INTERVAL: INTERVAL,
}
_CHARACTER_TYPES = {
    exp.DType.CHAR: "bpchar",
    exp.DType.NCHAR: "bpchar",
    exp.DType.BPCHAR: "bpchar",
    exp.DType.VARCHAR: "varchar",
    exp.DType.NVARCHAR: "varchar",
    exp.DType.TEXT: "varchar",
}
# Types of Redshift that the laptop's warehouse does not support.
UNAVAILABLE = ("SUPER", "GEOMETRY", "GEOGRAPHY", "HLLSKETCH", "TIMETZ")


def declared_type(declared: exp.DataType) -> RedshiftType:
    """Return the type that a column definition or a cast declares.

    Source: the page "Data types" of the Developer Guide. Raises StatementFailed for types that
    Redshift or the laptop's warehouse does not support.
    """
    known = type_of(declared)
    if known is not None:
        return known
    word = declared.this.name if isinstance(declared.this, exp.DType) else ""
    if word in UNAVAILABLE:
        raise refused(f"data type {word}")
    raise StatementFailed(f'ERROR: unsupported type "{declared.sql("redshift").lower()}"')


def type_of(declared: exp.DataType | None) -> RedshiftType | None:
    """Return the Redshift type of a declared or inferred type; None if it is unknown."""
    if declared is None:
        return None
    if declared.this == exp.DType.DECIMAL:
        return _numeric(declared)
    return _TYPES.get(declared.this) or character_type(declared)


def _numeric(declared: exp.DataType) -> RedshiftType:
    """Return the type of a DECIMAL. The default is DECIMAL(18,0)."""
    digits = [int(parameter.name) for parameter in declared.expressions] or [18]
    precision, scale = digits[0], digits[1] if digits[1:] else 0
    if not 1 <= precision <= MAX_DIGITS:
        raise StatementFailed(
            f"ERROR: DECIMAL precision {precision} must be between 1 and {MAX_DIGITS}"
        )
    if not 0 <= scale <= precision:
        raise StatementFailed(
            f"ERROR: DECIMAL scale {scale} must be between 0 and precision {precision}"
        )
    return numeric(precision, scale)


@cache
def data_type(of: RedshiftType) -> exp.DataType:
    """Return the type in the format of sqlglot's tree."""
    if of.name == "numeric":
        return exp.DataType.build(f"DECIMAL({of.precision}, {of.scale})")
    if of.is_text:
        return exp.DataType.build(f"{'CHAR' if of.name == 'bpchar' else 'VARCHAR'}({of.precision})")
    word = next(word for word, known in _TYPES.items() if known.name == of.name)
    return exp.DataType(this=word)


def character_type(declared: exp.DataType) -> RedshiftType | None:
    """Return the CHAR or VARCHAR of a declared or inferred type; None for other types.

    Source: Redshift's page "Character types". The default length in bytes is 1 for CHAR, and 256
    for VARCHAR, TEXT and BPCHAR. MAX is the maximum length.
    """
    name = _CHARACTER_TYPES.get(declared.this)
    if name is None:
        return None
    default = 1 if declared.this in (exp.DType.CHAR, exp.DType.NCHAR) else DEFAULT_VARCHAR
    return RedshiftType(name, 0, _width(declared, default, name))


def _width(declared: exp.DataType, default: int, name: str) -> int:
    if not declared.expressions:
        return default
    text = declared.expressions[0].name
    most = MAX_CHAR if name == "bpchar" else MAX_VARCHAR
    if text.lower() == "max":
        return most
    width = int(text)
    if not 1 <= width <= most:
        words = "char" if name == "bpchar" else "varchar"
        bound = f"cannot exceed {most}" if width > most else "must be at least 1"
        raise StatementFailed(f"ERROR: length for type {words} {bound}")
    return width
