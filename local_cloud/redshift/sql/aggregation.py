"""Translates aggregate and window functions with DISTINCT, WITHIN GROUP, IGNORE NULLS and OVER.

Sources: chapters "Aggregate functions" and "Window functions".
"""

from __future__ import annotations

from collections.abc import Callable

from sqlglot import exp

from local_cloud.redshift.sql.calls import (
    argument_types,
    arguments,
    is_distinct,
    required_function,
)
from local_cloud.redshift.sql.coercion import coerced
from local_cloud.redshift.sql.comparisons import without_blanks
from local_cloud.redshift.sql.dialect import Call
from local_cloud.redshift.sql.functions.registry import Function
from local_cloud.redshift.sql.node_types import node_type, quoted_text
from local_cloud.redshift.sql.templates import Template, filled, literal
from local_cloud.redshift.statement_errors import StatementFailed

_LISTAGG_BYTES = 65535
_LISTAGG_CHECKED = (
    f"CASE WHEN strlen({{0}}) > {_LISTAGG_BYTES} "
    "THEN error('Result size exceeds LISTAGG limit') ELSE {0} END"
)
_UNIQUE = "list_filter({0}, lambda item, position: list_position({0}, item) = position)"
# DuckDB's aggregate, and a template for the text around the aggregate with its OVER clause.
_Core = tuple[Template, str]


def rewrite_aggregate(whole: exp.Expr) -> None:
    """Replace an aggregate or window function and its clauses by DuckDB's SQL."""
    call = _call(whole)
    if call.name == "ratio_to_report":
        result = _ratio(whole, call)
    else:
        build = _SPECIAL.get(call.name, _plain)
        core, wrapper = build(whole, call, required_function(call))
        result = filled(wrapper, _with_over(whole, core))
    result.type = whole.type
    whole.replace(result)


def _call(whole: exp.Expr) -> Call:
    node = whole
    while not isinstance(node, Call):
        node = node.this
    return node


def _argument(call: Call, position: int, function: Function) -> exp.Expr:
    return coerced(arguments(call)[position], function.kind(position))


def _plain(whole: exp.Expr, call: Call, function: Function) -> _Core:
    nodes = [_argument(call, n, function) for n in range(len(arguments(call)))]
    text = str(function.sql)
    if call.args.get("approximate"):
        text = "approx_count_distinct({0})"
    elif is_distinct(call):
        text = text.replace("(", "(DISTINCT ", 1)
    if is_distinct(call):
        nodes = [without_blanks(node) for node in nodes]
    if _ignores_nulls(whole, call):
        text = text.removesuffix(")") + " IGNORE NULLS)"
    of = function.type_of(argument_types(call))
    wrapper = function.wrapper.replace("{type}", of.storage if of is not None else "DOUBLE")
    return filled(text, *nodes), wrapper


def _ignores_nulls(whole: exp.Expr, call: Call) -> bool:
    """Return whether IGNORE NULLS follows the call or its argument."""
    ignored = whole.find(exp.IgnoreNulls)
    return ignored is not None and (ignored.find(Call) is call or ignored.parent is call)


def _listagg(whole: exp.Expr, call: Call, function: Function) -> _Core:
    """Translate LISTAGG: skips NULL and empty texts; DISTINCT keeps the first of equal texts."""
    values, keys = arguments(call), _keys(whole)
    separator = quoted_text(values[1]) if len(values) > 1 else ""
    if separator is None:
        raise StatementFailed("ERROR: the delimiter of LISTAGG must be a constant")
    places = ", ".join(f"{{{number}}}" for number in range(1, len(keys) + 1))
    sorting = f" ORDER BY {places}" if keys else ""
    if is_distinct(call):
        text = without_blanks(values[0]) if node_type(values[0]) is not None else values[0]
        items = filled("nullif({0}, '')", coerced(text, function.kind(0)))
        joined = f"array_to_string({_UNIQUE}, {literal(separator)})"
        return filled(f"list({{0}}{sorting})", items, *keys), f"nullif({joined}, '')"
    text = filled("nullif({0}, '')", _argument(call, 0, function))
    joined = f"string_agg({{0}}, {literal(separator)}{sorting})"
    return filled(joined, text, *keys), _LISTAGG_CHECKED


def _keys(whole: exp.Expr) -> list[exp.Expr]:
    """Return the sort keys of WITHIN GROUP (ORDER BY …)."""
    within = whole.find(exp.WithinGroup)
    return list(within.expression.expressions) if within is not None else []


def _percentile(whole: exp.Expr, call: Call, function: Function) -> _Core:
    keys = _keys(whole)
    if not keys:
        raise StatementFailed(f"ERROR: {call.name.upper()} needs WITHIN GROUP (ORDER BY …)")
    name = "quantile_cont" if call.name == "percentile_cont" else "quantile_disc"
    share = "1 - {1}" if keys[0].args.get("desc") else "{1}"
    return filled(f"{name}({{0}}, {share})", keys[0].this, arguments(call)[0]), "{0}"


def _ratio(whole: exp.Expr, call: Call) -> Template:
    """Translate RATIO_TO_REPORT: the value divided by the sum over the window."""
    value = _argument(call, 0, required_function(call))
    total = _with_over(whole.copy(), filled("sum({0})", value.copy()))
    return filled("({0} / nullif({1}, 0))", value, total)


def _with_over(whole: exp.Expr, core: Template) -> exp.Expr:
    if not isinstance(whole, exp.Window):
        return core
    partition = [without_blanks(node) for node in whole.args.get("partition_by") or []]
    order = whole.args.get("order")
    for ordered in order.expressions if order is not None else []:
        ordered.set("this", without_blanks(ordered.this))
    return exp.Window(
        this=core,
        partition_by=partition,
        order=order,
        spec=whole.args.get("spec"),
        over="OVER",
    )


_SPECIAL: dict[str, Callable[[exp.Expr, Call, Function], _Core]] = {
    "listagg": _listagg,
    "percentile_cont": _percentile,
    "percentile_disc": _percentile,
}
