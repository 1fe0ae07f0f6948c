"""Translates a resolved Redshift query to DuckDB's SQL."""

from __future__ import annotations

from collections.abc import Callable

from sqlglot import exp

from local_cloud.redshift.declared_types import declared_type, type_of
from local_cloud.redshift.redshift_types import BOOL, TIMESTAMP
from local_cloud.redshift.sql import arithmetic, comparisons, patterns
from local_cloud.redshift.sql.aggregation import rewrite_aggregate
from local_cloud.redshift.sql.calls import argument_types, arguments, required_function
from local_cloud.redshift.sql.coercion import coerced
from local_cloud.redshift.sql.conversions import cast, converted, try_cast
from local_cloud.redshift.sql.dialect import Call
from local_cloud.redshift.sql.functions.registry import Arguments, Shape
from local_cloud.redshift.sql.functions.time_zones import in_zone
from local_cloud.redshift.sql.grouping import group_without_blanks
from local_cloud.redshift.sql.intervals import interval_sql
from local_cloud.redshift.sql.node_types import node_type, quoted_text
from local_cloud.redshift.sql.templates import duckdb_sql, filled
from local_cloud.redshift.sql.translation_context import TranslationContext
from local_cloud.redshift.statement_errors import StatementFailed


def to_duckdb(tree: exp.Expr, context: TranslationContext) -> str:
    """Return DuckDB's SQL for a resolved query. `tree` is modified."""
    group_without_blanks(tree)
    return duckdb_sql(translated(tree, context))


def translated(tree: exp.Expr, context: TranslationContext) -> exp.Expr:
    """Replace the expressions that have another meaning in DuckDB. `tree` is modified."""
    root = exp.Paren(this=tree)
    for node in list(tree.walk(bfs=False))[::-1]:
        rewrite = _REWRITES.get(type(node))
        if rewrite is not None:
            rewrite(node)
        elif isinstance(node, Call):
            _call(node, context)
    found: exp.Expr = root.this
    found.parent = None
    return found


def _replace(node: exp.Expr, by: exp.Expr) -> None:
    if by.type is None:
        by.type = node.type
    node.replace(by)


def _call(node: Call, context: TranslationContext) -> None:
    function = required_function(node)
    if function.shape is not Shape.SCALAR:
        if not _is_inside_clause(node):
            rewrite_aggregate(node)
        return
    types = argument_types(node)
    nodes = [coerced(given, function.kind(n)) for n, given in enumerate(arguments(node))]
    if callable(function.sql):
        _replace(node, function.sql(Arguments(nodes, types, context)))
    else:
        _replace(node, filled(function.sql, *nodes))


def _is_inside_clause(node: exp.Expr) -> bool:
    """Return whether WITHIN GROUP, IGNORE NULLS or OVER follows: the whole is rewritten then."""
    return (
        isinstance(node.parent, exp.WithinGroup | exp.IgnoreNulls | exp.RespectNulls | exp.Window)
        and node.arg_key == "this"
    )


def _clause(node: exp.Expr) -> None:
    if not _is_inside_clause(node):
        rewrite_aggregate(node)


def _ignore_nulls(node: exp.Expr) -> None:
    """Do nothing: `rewrite_aggregate` handles IGNORE NULLS after the call or its argument."""


def _cast(node: exp.Expr) -> None:
    to = declared_type(node.args["to"])
    convert = try_cast if isinstance(node, exp.TryCast) else cast
    node.replace(convert(node.this, to))


def _like(node: exp.Expr) -> None:
    _match(node, patterns.like)


def _similar(node: exp.Expr) -> None:
    _match(node, patterns.similar)


def _match(node: exp.Expr, translate: Callable[[exp.Expr, str | None], exp.Expr]) -> None:
    """Translate a pattern match without ESCAPE. `_escape`, its parent node, handles ESCAPE."""
    if isinstance(node.parent, exp.Escape):
        return
    _replace(node, _negated(node, translate(node, None)))


def _escape(node: exp.Expr) -> None:
    sign = quoted_text(node.expression)
    if sign is None:
        raise StatementFailed("ERROR: the escape character must be a constant")
    inner = node.this
    translate = patterns.similar if isinstance(inner, exp.SimilarTo) else patterns.like
    _replace(node, _negated(inner, translate(inner, sign)))


def _negated(node: exp.Expr, match: exp.Expr) -> exp.Expr:
    return filled("(NOT {0})", match, of=BOOL) if node.args.get("negate") else match


def _posix(node: exp.Expr) -> None:
    _replace(node, patterns.posix(node))


def _case(node: exp.Expr) -> None:
    """Translate CASE. `CASE x WHEN y` compares like =. The results are converted to one type."""
    value = node.this
    if value is not None:
        for branch in node.args["ifs"]:
            branch.set("this", comparisons.equal(value.copy(), branch.this))
        node.set("this", None)
    of = type_of(node.type)
    if of is None:
        return
    for branch in node.args["ifs"]:
        branch.set("true", converted(branch.args["true"], of))
    if node.args.get("default") is not None:
        node.set("default", converted(node.args["default"], of))


def _interval(node: exp.Expr) -> None:
    number = quoted_text(node.this) if node.this is not None else None
    unit = node.args.get("unit")
    if number is None or isinstance(unit, exp.IntervalSpan):
        raise StatementFailed("ERROR: an interval literal needs a quoted text")
    _replace(node, filled(interval_sql(f"{number} {unit.name if unit is not None else ''}")))


def _time_zone(node: exp.Expr) -> None:
    zone = quoted_text(node.args["zone"])
    if zone is None:
        raise StatementFailed("ERROR: the time zone of AT TIME ZONE must be a constant")
    of = node_type(node.this)
    moment = node.this
    if of is None or of.name == "date":
        moment, of = converted(moment, TIMESTAMP), TIMESTAMP
    _replace(node, in_zone(moment, zone, of))


def _quantified(node: exp.Expr) -> None:
    """Translate = ANY (query) to IN, <> ALL (query) to NOT IN, and other comparisons."""
    query = node.expression
    if not isinstance(query, exp.Any | exp.All):
        comparisons.compared(node)
        return
    inner = query.this
    inner = inner.this if isinstance(inner, exp.Subquery) else inner
    membership = exp.In(this=node.this, query=exp.Subquery(this=inner))
    membership.type = node.type
    found: exp.Expr = exp.Not(this=membership) if isinstance(node, exp.NEQ) else membership
    found.type = node.type
    node.replace(found)
    comparisons.membership(membership)


_Rewrite = Callable[[exp.Expr], None]
_REWRITES: dict[type[exp.Expr], _Rewrite] = {
    exp.Window: _clause,
    exp.WithinGroup: _clause,
    exp.IgnoreNulls: _ignore_nulls,
    exp.Cast: _cast,
    exp.TryCast: _cast,
    exp.Like: _like,
    exp.ILike: _like,
    exp.SimilarTo: _similar,
    exp.Escape: _escape,
    exp.RegexpLike: _posix,
    exp.RegexpILike: _posix,
    exp.Case: _case,
    exp.Interval: _interval,
    exp.AtTimeZone: _time_zone,
    exp.In: comparisons.membership,
    exp.Between: comparisons.between,
    exp.Add: arithmetic.sums,
    exp.Sub: arithmetic.sums,
    exp.Mul: arithmetic.products,
    exp.Div: arithmetic.products,
    exp.Mod: arithmetic.products,
    exp.Pow: arithmetic.power,
    exp.DPipe: arithmetic.concatenation,
    exp.BitwiseNot: arithmetic.bitwise,
    **dict.fromkeys((exp.BitwiseAnd, exp.BitwiseOr, exp.BitwiseXor), arithmetic.bitwise),
    **dict.fromkeys((exp.EQ, exp.NEQ, exp.GT, exp.GTE, exp.LT, exp.LTE), _quantified),
}
