"""Translates arithmetic operators, concatenation and bit operators.

Sources: pages "Computations with numeric values", "Mathematical operator symbols",
"|| (Concatenation) operator" and "VARBYTE operators".
"""

from __future__ import annotations

from sqlglot import exp

from local_cloud.redshift.declared_types import data_type, type_of
from local_cloud.redshift.redshift_types import FLOAT8, RedshiftType
from local_cloud.redshift.sql.conversions import as_text, converted
from local_cloud.redshift.sql.intervals import interval_sql
from local_cloud.redshift.sql.node_types import is_untyped, node_type, quoted_text
from local_cloud.redshift.sql.numeric_types import as_decimal
from local_cloud.redshift.sql.templates import filled
from local_cloud.redshift.statement_errors import StatementFailed

_SIGNS: dict[type[exp.Expr], str] = {
    exp.Add: "+", exp.Sub: "-", exp.Mul: "*", exp.Div: "/", exp.Mod: "%",
    exp.BitwiseAnd: "&", exp.BitwiseOr: "|", exp.BitwiseXor: "#",
}  # fmt: skip


def sums(node: exp.Expr) -> None:
    """Rewrite + and - of numbers, dates and intervals. + also concatenates texts or bytes."""
    left, right = _operands(node)
    one, other = node_type(left), node_type(right)
    of = type_of(node.type)
    if of is not None and (of.is_text or of.name == "varbyte"):
        _replace(node, filled("({0} || {1})", left, right))
    elif (
        of is not None
        and of.is_number
        and one is not None
        and other is not None
        and (one.is_number and other.is_number)
    ):
        _numbers(node, left, right, of)
    elif of is not None and of.name == "int4":
        _replace(node, filled("CAST({0} - {1} AS INTEGER)", left, right))
    else:
        _check_sum(node, one, other)
        _replace(node, filled(f"({{0}} {_SIGNS[type(node)]} {{1}})", left, right))


def _check_sum(node: exp.Expr, one: RedshiftType | None, other: RedshiftType | None) -> None:
    unknown = node.type is None or type_of(node.type) is None
    if unknown and one is not None and other is not None:
        raise _no_operator(node, one, other)


def _no_operator(node: exp.Expr, one: RedshiftType, other: RedshiftType) -> StatementFailed:
    sign = _SIGNS[type(node)]
    return StatementFailed(f"ERROR: operator does not exist: {one.words} {sign} {other.words}")


def products(node: exp.Expr) -> None:
    """Rewrite *, / and % of numbers, and the product of an interval and a number."""
    left, right = _operands(node)
    one, other = node_type(left), node_type(right)
    of = type_of(node.type)
    if one is None or other is None or of is None or of.name == "interval":
        _replace(node, filled(f"({{0}} {_SIGNS[type(node)]} {{1}})", left, right))
    elif not (one.is_number and other.is_number):
        raise _no_operator(node, one, other)
    elif isinstance(node, exp.Div) and of.name == "numeric":
        _replace(node, _quotient(left, right, as_decimal(one), as_decimal(other), of))
    else:
        _numbers(node, left, right, of)


def _numbers(node: exp.Expr, left: exp.Expr, right: exp.Expr, of: RedshiftType) -> None:
    """Rewrite an operation on numbers. Operands, except literals, are converted to type `of`."""
    left, right = _widened(left, of), _widened(right, of)
    sign = "//" if isinstance(node, exp.Div) and of.is_integer else _SIGNS[type(node)]
    _replace(node, filled(f"({{0}} {sign} {{1}})", left, right))


def _widened(node: exp.Expr, of: RedshiftType) -> exp.Expr:
    has = node_type(node)
    if has is None or has == of or isinstance(node.unnest(), exp.Literal):
        return node
    if of.is_integer or of.is_float:
        return converted(node, of)
    return node


def _quotient(
    left: exp.Expr, right: exp.Expr, one: RedshiftType, other: RedshiftType, of: RedshiftType
) -> exp.Expr:
    """Return the quotient of DECIMALs: divides integers to one more digit, then rounds."""
    shift = 10 ** (of.scale + 1 + other.scale)
    unit = f"CAST('0.{'0' * of.scale}1' AS DECIMAL({of.scale + 2}, {of.scale + 1}))"
    text = (
        f"CAST((CAST({{0}} * CAST({shift} AS HUGEINT) AS HUGEINT) "
        f"// CAST({{1}} * CAST({10**other.scale} AS HUGEINT) AS HUGEINT)) * {unit} "
        f"AS {of.storage})"
    )
    return filled(text, converted(left, one), converted(right, other), of=of)


def power(node: exp.Expr) -> None:
    """Rewrite ^, whose operands are converted to DOUBLE PRECISION."""
    left, right = converted(node.this, FLOAT8), converted(node.expression, FLOAT8)
    _replace(node, filled("pow({0}, {1})", left, right))


def concatenation(node: exp.Expr) -> None:
    """Rewrite ||. Numbers and dates are converted to text; NULL on either side results in NULL."""
    of = type_of(node.type)
    if of is not None and of.name == "varbyte":
        left, right = converted(node.this, of), converted(node.expression, of)
    else:
        left, right = as_text(node.this), as_text(node.expression)
    _replace(node, filled("({0} || {1})", left, right))


def bitwise(node: exp.Expr) -> None:
    """Rewrite &, |, # and ~ of integers or bytes."""
    of = type_of(node.type)
    if isinstance(node, exp.BitwiseNot):
        text = "CAST(~CAST({0} AS BIT) AS BLOB)" if _is_bytes(of) else "(~{0})"
        _replace(node, filled(text, node.this))
        return
    if _is_bytes(of):
        sign = _SIGNS[type(node)]
        operation = "xor({0}, {1})" if sign == "#" else f"{{0}} {sign} {{1}}"
        text = operation.replace("{0}", "CAST({0} AS BIT)").replace("{1}", "CAST({1} AS BIT)")
        _replace(node, filled(f"CAST({text} AS BLOB)", node.this, node.expression))
    elif isinstance(node, exp.BitwiseXor):
        _replace(node, filled("xor({0}, {1})", node.this, node.expression))
    else:
        _replace(node, filled(f"({{0}} {_SIGNS[type(node)]} {{1}})", node.this, node.expression))


def _is_bytes(of: RedshiftType | None) -> bool:
    return of is not None and of.name == "varbyte"


def _operands(node: exp.Expr) -> tuple[exp.Expr, exp.Expr]:
    """Return the operands. A quoted text or a parameter gets the type of the other operand."""
    left, right = node.this, node.expression
    return _beside(left, node_type(right)), _beside(right, node_type(left))


def _beside(node: exp.Expr, other: RedshiftType | None) -> exp.Expr:
    if other is None or not is_untyped(node):
        return node
    text = quoted_text(node)
    if text is not None and other.is_datetime:
        return filled(interval_sql(text))
    return converted(node, other)


def _replace(node: exp.Expr, by: exp.Expr) -> None:
    if by.type is None:
        by.type = node.type if node.type is not None else data_type(FLOAT8)
    node.replace(by)
