"""The result types of computations (page "Computations with numeric values")."""

from __future__ import annotations

from sqlglot import exp

from local_cloud.redshift.redshift_types import (
    BOOL,
    DATE,
    FLOAT4,
    FLOAT8,
    INT4,
    INT8,
    INTERVAL,
    LONGEST_VARCHAR,
    MAX_DIGITS,
    TIMESTAMP,
    TIMESTAMPTZ,
    VARBYTE,
    RedshiftType,
    numeric,
)

# Integer type -> its precision in a computation with a DECIMAL.
_DIGITS = {"int2": 5, "int4": 10, "int8": 19}


def literal_type(text: str) -> RedshiftType:
    """Return the type of a number literal: a float with an exponent, NUMERIC with a point."""
    if "e" in text.lower():
        return FLOAT8
    whole, _, fraction = text.partition(".")
    digits = len(whole.lstrip("0")) + len(fraction)
    if "." in text:
        return numeric(min(max(digits, 1), MAX_DIGITS), min(len(fraction), MAX_DIGITS - 1))
    value = int(text)
    if value < 2**31:
        return INT4
    return INT8 if value < 2**63 else numeric(min(digits, MAX_DIGITS), 0)


def as_decimal(of: RedshiftType) -> RedshiftType:
    """Return the DECIMAL type for an integer type. Other types are not changed."""
    return numeric(_DIGITS[of.name], 0) if of.is_integer else of


def computed(
    operation: type[exp.Expr], left: RedshiftType, right: RedshiftType
) -> RedshiftType | None:
    """Return the type of `left operation right` for two numbers."""
    if left.is_float or right.is_float:
        return FLOAT4 if left == right == FLOAT4 else FLOAT8
    if left.is_integer and right.is_integer:
        return max(left, right, key=lambda of: of.length)
    return _decimal(operation, as_decimal(left), as_decimal(right))


def _decimal(operation: type[exp.Expr], left: RedshiftType, right: RedshiftType) -> RedshiftType:
    p1, s1, p2, s2 = left.precision, left.scale, right.precision, right.scale
    if operation is exp.Mul:
        return _limited(p1 + p2 + 1, s1 + s2)
    if operation is exp.Div:
        scale = max(4, s1 + p2 - s2 + 1)
        precision = p1 - s1 + s2 + scale
        if precision > MAX_DIGITS:
            return numeric(MAX_DIGITS, max(MAX_DIGITS + scale - precision, min(4, 100)))
        return numeric(precision, scale)
    scale = max(s1, s2)
    if operation is exp.Mod:
        return _limited(max(p1 - s1, p2 - s2) + scale, scale)
    return _limited(max(p1 - s1, p2 - s2) + 1 + scale, scale)


def _limited(precision: int, scale: int) -> RedshiftType:
    return numeric(min(precision, MAX_DIGITS), min(scale, MAX_DIGITS - 1))


def common(left: RedshiftType | None, right: RedshiftType | None) -> RedshiftType | None:
    """Return the common type of values in UNION, CASE or COALESCE; None if it does not exist."""
    if left is None or right is None:
        return left or right
    if left == right:
        return left
    if left.is_number and right.is_number:
        return _common_number(left, right)
    if left.is_text and right.is_text:
        name = "bpchar" if left.name == right.name == "bpchar" else "varchar"
        return RedshiftType(name, 0, max(left.precision, right.precision))
    if left.is_datetime and right.is_datetime:
        return TIMESTAMPTZ if TIMESTAMPTZ in (left, right) else TIMESTAMP
    return None


def _common_number(left: RedshiftType, right: RedshiftType) -> RedshiftType:
    if left.is_float or right.is_float:
        return FLOAT4 if left == right == FLOAT4 else FLOAT8
    if left.is_integer and right.is_integer:
        return max(left, right, key=lambda of: of.length)
    left, right = as_decimal(left), as_decimal(right)
    scale = max(left.scale, right.scale)
    whole = max(left.precision - left.scale, right.precision - right.scale)
    return numeric(min(whole + scale, MAX_DIGITS), scale)


def sum_type(
    operation: type[exp.Expr], left: RedshiftType | None, right: RedshiftType | None
) -> RedshiftType | None:
    """Return the type of a sum or difference of numbers, texts, dates or intervals."""
    if left is None or right is None:
        return _beside_untyped(left or right)
    if left.is_number and right.is_number:
        return computed(operation, left, right)
    if left.is_text and right.is_text and operation is exp.Add:
        return LONGEST_VARCHAR
    if left.name == right.name == "varbyte" and operation is exp.Add:
        return VARBYTE
    names = {left.name, right.name}
    if operation is exp.Sub and names <= {"date", "timestamp", "timestamptz"}:
        return INT4 if names == {"date"} else INTERVAL
    if "interval" in names:
        other = right if left.name == "interval" else left
        return TIMESTAMP if other == DATE else other
    if "date" in names and any(of.is_integer for of in (left, right)):
        return DATE
    return TIMESTAMP if names == {"date", "time"} else None


def _beside_untyped(of: RedshiftType | None) -> RedshiftType | None:
    """Return the type of a sum with an untyped operand: the type of the other operand."""
    return of if of != BOOL else None
