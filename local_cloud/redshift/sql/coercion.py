"""Converts the arguments of functions to the types that the functions expect."""

from __future__ import annotations

from sqlglot import exp

from local_cloud.redshift.redshift_types import (
    BOOL,
    DATE,
    FLOAT8,
    INT4,
    INTERVAL,
    TIME,
    TIMESTAMP,
    TIMESTAMPTZ,
    VARBYTE,
    VARCHAR,
)
from local_cloud.redshift.sql.conversions import as_text, converted
from local_cloud.redshift.sql.functions.registry import Kind
from local_cloud.redshift.sql.node_types import is_untyped, node_type

_TARGETS = {
    Kind.FLOAT: FLOAT8,
    Kind.BOOLEAN: BOOL,
    Kind.DATE: DATE,
    Kind.TIMESTAMP: TIMESTAMP,
    Kind.TIMESTAMPTZ: TIMESTAMPTZ,
    Kind.TIME: TIME,
    Kind.INTERVAL: INTERVAL,
    Kind.BYTES: VARBYTE,
}


def coerced(node: exp.Expr, kind: Kind) -> exp.Expr:
    """Return the argument converted to a kind. An argument of unknown type is not converted."""
    of = node_type(node)
    if of is None and not is_untyped(node):
        return node
    if kind in _TARGETS:
        return converted(node, _TARGETS[kind])
    if kind is Kind.TEXT:
        return as_text(node) if of is not None else _text(node)
    if kind is Kind.INTEGER:
        return converted(node, INT4) if of is None else node
    if kind is Kind.NUMBER:
        return converted(node, FLOAT8) if of is None else node
    return node


def _text(node: exp.Expr) -> exp.Expr:
    return converted(node, VARCHAR) if isinstance(node.unnest(), exp.Null) else node
