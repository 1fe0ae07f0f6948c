"""The Redshift type of an expression in a typed tree."""

from __future__ import annotations

from sqlglot import exp

from local_cloud.redshift.declared_types import type_of
from local_cloud.redshift.redshift_types import RedshiftType


def node_type(node: exp.Expr) -> RedshiftType | None:
    """Return the type of an expression, or None if the type is unknown.

    It is also None for NULL, a quoted text and a bound parameter. Their type is that of the other
    operand.
    """
    if is_untyped(node):
        return None
    return type_of(node.type) if node.type is not None else None


def is_untyped(node: exp.Expr) -> bool:
    """Return whether an expression has no own type: NULL, a quoted text, a bound parameter."""
    node = node.unnest()
    if isinstance(node, exp.Literal):
        return bool(node.is_string)
    return isinstance(node, exp.Null | exp.Placeholder)


def quoted_text(node: exp.Expr) -> str | None:
    """Return the text of a quoted literal; None for other expressions."""
    node = node.unnest()
    return str(node.name) if isinstance(node, exp.Literal) and node.is_string else None
