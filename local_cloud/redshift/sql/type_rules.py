"""The types of operators and expressions, for sqlglot's type inference."""

from __future__ import annotations

from typing import Any

from sqlglot import exp
from sqlglot.optimizer.annotate_types import TypeAnnotator
from sqlglot.typing import EXPRESSION_METADATA

from local_cloud.redshift.declared_types import data_type, type_of
from local_cloud.redshift.redshift_types import (
    BOOL,
    FLOAT8,
    INTERVAL,
    TIMESTAMP,
    TIMESTAMPTZ,
    VARBYTE,
    VARCHAR,
    RedshiftType,
)
from local_cloud.redshift.sql.calls import call_type
from local_cloud.redshift.sql.dialect import AggregateCall, Call
from local_cloud.redshift.sql.node_types import node_type
from local_cloud.redshift.sql.numeric_types import common, computed, literal_type, sum_type


class Annotator(TypeAnnotator):
    """sqlglot's type inference with Redshift's rules."""

    def _maybe_coerce(self, type1: Any, type2: Any) -> Any:
        """Return the type of a column that combines two types, for instance in a UNION."""
        found = common(_known(type1), _known(type2))
        return data_type(found) if found is not None else exp.DType.UNKNOWN.into_expr()


def _known(of: exp.DataType | exp.DType) -> RedshiftType | None:
    return type_of(of if isinstance(of, exp.DataType) else of.into_expr())


def _set(annotator: TypeAnnotator, node: exp.Expr, of: RedshiftType | None) -> None:
    annotator._set_type(node, data_type(of) if of is not None else exp.DType.UNKNOWN)


def _literal(annotator: TypeAnnotator, node: exp.Expr) -> None:
    _set(annotator, node, VARCHAR if node.args.get("is_string") else literal_type(node.name))


def _sum(annotator: TypeAnnotator, node: exp.Expr) -> None:
    _set(annotator, node, sum_type(type(node), node_type(node.this), node_type(node.expression)))


def _product(annotator: TypeAnnotator, node: exp.Expr) -> None:
    left, right = node_type(node.this), node_type(node.expression)
    if left is None or right is None:
        _set(annotator, node, left or right)
    elif INTERVAL in (left, right):
        _set(annotator, node, INTERVAL)
    else:
        _set(annotator, node, computed(type(node), left, right))


def _common_of(*names: str) -> Any:
    def annotate(annotator: TypeAnnotator, node: exp.Expr) -> None:
        found: RedshiftType | None = None
        untyped = False
        for name in names:
            values = node.args.get(name)
            for value in values if isinstance(values, list) else [values]:
                if isinstance(value, exp.Expr):
                    of = node_type(value)
                    untyped = untyped or (of is None and isinstance(value.unnest(), exp.Literal))
                    found = common(found, of)
        _set(annotator, node, found or (VARCHAR if untyped else None))

    return annotate


def _case(annotator: TypeAnnotator, node: exp.Expr) -> None:
    results = [branch.args["true"] for branch in node.args["ifs"]]
    if node.args.get("default") is not None:
        results.append(node.args["default"])
    found: RedshiftType | None = None
    for result in results:
        found = common(found, node_type(result))
    texts = any(isinstance(result.unnest(), exp.Literal) for result in results)
    _set(annotator, node, found or (VARCHAR if texts else None))


def _concatenation(annotator: TypeAnnotator, node: exp.Expr) -> None:
    operands = (node_type(node.this), node_type(node.expression))
    _set(annotator, node, VARBYTE if VARBYTE in operands else _joined(*operands))


def _joined(left: RedshiftType | None, right: RedshiftType | None) -> RedshiftType:
    """Return the type of concatenated texts: the sum of their lengths; a default if unknown."""
    if left is None or right is None or not (left.is_text and right.is_text):
        return VARCHAR
    return RedshiftType("varchar", 0, min(left.precision + right.precision, 65535))


def _call(annotator: TypeAnnotator, node: exp.Expr) -> None:
    assert isinstance(node, Call)
    _set(annotator, node, call_type(node))


def _cast(annotator: TypeAnnotator, node: exp.Expr) -> None:
    _set(annotator, node, type_of(node.args["to"]))


def _time_zone(annotator: TypeAnnotator, node: exp.Expr) -> None:
    _set(annotator, node, TIMESTAMP if node_type(node.this) == TIMESTAMPTZ else TIMESTAMPTZ)


def _of_inner(annotator: TypeAnnotator, node: exp.Expr) -> None:
    inner = node.this
    annotator._set_type(node, inner.type if isinstance(inner, exp.Expr) else None)


def _constant(of: RedshiftType) -> Any:
    return lambda annotator, node: _set(annotator, node, of)


_BOOLEANS = (
    *(exp.EQ, exp.NEQ, exp.GT, exp.GTE, exp.LT, exp.LTE, exp.Like, exp.ILike, exp.SimilarTo),
    *(exp.RegexpLike, exp.RegexpILike, exp.Is, exp.In, exp.Between, exp.Exists, exp.And, exp.Or),
    *(exp.Not, exp.Boolean, exp.Any, exp.All, exp.Escape),
)
METADATA: dict[type[exp.Expr], dict[str, Any]] = {
    **EXPRESSION_METADATA,
    **{kind: {"annotator": _constant(BOOL)} for kind in _BOOLEANS},
    **{kind: {"annotator": _sum} for kind in (exp.Add, exp.Sub)},
    **{kind: {"annotator": _product} for kind in (exp.Mul, exp.Div, exp.Mod)},
    **{
        kind: {"annotator": _common_of("this", "expression")}
        for kind in (
            *(exp.BitwiseAnd, exp.BitwiseOr, exp.BitwiseXor),
            *(exp.BitwiseLeftShift, exp.BitwiseRightShift),
        )
    },
    **{
        kind: {"annotator": _of_inner}
        for kind in (
            *(exp.Window, exp.WithinGroup, exp.IgnoreNulls, exp.RespectNulls, exp.Distinct),
            *(exp.Alias, exp.Paren, exp.Neg, exp.BitwiseNot, exp.Ordered, exp.Filter),
        )
    },
    exp.Literal: {"annotator": _literal},
    exp.DPipe: {"annotator": _concatenation},
    exp.Pow: {"annotator": _constant(FLOAT8)},
    exp.Coalesce: {"annotator": _common_of("this", "expressions")},
    exp.Case: {"annotator": _case},
    exp.Cast: {"annotator": _cast},
    exp.TryCast: {"annotator": _cast},
    exp.Interval: {"annotator": _constant(INTERVAL)},
    exp.AtTimeZone: {"annotator": _time_zone},
    Call: {"annotator": _call},
    AggregateCall: {"annotator": _call},
}
