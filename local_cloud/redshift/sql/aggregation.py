"""Aggregate and window functions with their clauses: DISTINCT, WITHIN GROUP, IGNORE NULLS, OVER.

Sources: chapters "Aggregate functions" and "Window functions".
"""

from __future__ import annotations

from sqlglot import exp

from local_cloud.redshift.redshift_types import RedshiftType, data_type
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
_UNIQUE = "list_filter({0}, lambda item, place: list_position({0}, item) = place)"


def rewrite_aggregate(whole: exp.Expr) -> None:
    """Put DuckDB's text in the place of an aggregate or window function with its clauses."""
    call = _call(whole)
    function = required_function(call)
    of = whole.type
    core, around = _core(whole, call, function)
    windowed = _with_over(whole, core)
    result = filled(around, windowed)
    result.type = of
    whole.replace(result)


def _call(whole: exp.Expr) -> Call:
    node = whole
    while not isinstance(node, Call):
        node = node.this
    return node


def _core(whole: exp.Expr, call: Call, function: Function) -> tuple[Template, str]:
    """DuckDB's aggregate without OVER, and the text around it with OVER."""
    order = _order_within(whole)
    if call.name == "listagg":
        return _listagg(call, order)
    if call.name.startswith("percentile_"):
        return _percentile(call, order), "{0}"
    if call.name == "ratio_to_report":
        return _ratio(whole, call)
    nodes = [coerced(node, function.kind(n)) for n, node in enumerate(arguments(call))]
    return _plain(whole, call, function, nodes), _around(call, function)


def _plain(whole: exp.Expr, call: Call, function: Function, nodes: list[exp.Expr]) -> Template:
    text = str(function.sql)
    if call.name == "count" and call.args.get("approximate"):
        text = "approx_count_distinct({0})"
    elif is_distinct(call):
        text = text.replace("(", "(DISTINCT ", 1)
    if is_distinct(call):
        nodes = [without_blanks(node) for node in nodes]
    if _ignores_nulls(whole, call):
        text = text.removesuffix(")") + " IGNORE NULLS)"
    return filled(text, *nodes)


def _around(call: Call, function: Function) -> str:
    of = function.type_of(argument_types(call))
    return function.around.replace("{type}", of.storage if of is not None else "DOUBLE")


def _ignores_nulls(whole: exp.Expr, call: Call) -> bool:
    ignored = whole.find(exp.IgnoreNulls)
    return ignored is not None and (ignored.find(Call) is call or ignored.parent is call)


def _order_within(whole: exp.Expr) -> exp.Order | None:
    node: exp.Expr | None = whole
    while node is not None and not isinstance(node, Call):
        if isinstance(node, exp.WithinGroup):
            order = node.expression
            return order if isinstance(order, exp.Order) else None
        node = node.this
    return None


def _listagg(call: Call, order: exp.Order | None) -> tuple[Template, str]:
    """LISTAGG leaves out NULL and empty texts; with DISTINCT the first of equal texts stays."""
    values = arguments(call)
    text = filled("nullif({0}, '')", coerced(values[0], call_kind(call, 0)))
    separator = quoted_text(values[1]) if len(values) > 1 else ""
    if separator is None:
        raise StatementFailed("ERROR: the delimiter of LISTAGG must be a constant")
    sorted_by = f" {_order_text(order, 1)}" if order is not None else ""
    keys = list(order.expressions) if order is not None else []
    checked = (
        f"CASE WHEN strlen({{0}}) > {_LISTAGG_BYTES} "
        "THEN error('Result size exceeds LISTAGG limit') ELSE {0} END"
    )
    if not is_distinct(call):
        aggregate = f"string_agg({{0}}, {literal(separator)}{sorted_by})"
        return filled(aggregate, text, *keys), checked
    value = without_blanks(values[0]) if node_type(values[0]) is not None else text
    text = filled("nullif({0}, '')", coerced(value, call_kind(call, 0)))
    items = f"list({{0}}{sorted_by})"
    joined = f"array_to_string({_UNIQUE}, {literal(separator)})"
    return filled(items, text, *keys), f"nullif({joined}, '')"


def call_kind(call: Call, place: int) -> object:
    """What the argument at a place may be."""
    return required_function(call).kind(place)


def _order_text(order: exp.Order, first: int) -> str:
    places = ", ".join(f"{{{first + number}}}" for number in range(len(order.expressions)))
    return f"ORDER BY {places}"


def _percentile(call: Call, order: exp.Order | None) -> Template:
    if order is None:
        raise StatementFailed(f"ERROR: {call.name.upper()} needs WITHIN GROUP (ORDER BY …)")
    ordered = order.expressions[0]
    name = "quantile_cont" if call.name == "percentile_cont" else "quantile_disc"
    fraction = arguments(call)[0]
    share = "1 - {1}" if ordered.args.get("desc") else "{1}"
    return filled(f"{name}({{0}}, {share})", ordered.this, fraction)


def _ratio(whole: exp.Expr, call: Call) -> tuple[Template, str]:
    """The value over the sum of the window."""
    value = coerced(arguments(call)[0], call_kind(call, 0))
    total = _with_over(whole.copy(), filled("sum({0})", value.copy()))
    outer = filled("{0}", value)
    if isinstance(whole, exp.Window):
        whole.set("over", None)
    return filled("({0} / nullif({1}, 0))", outer, total), "{0}"


def _with_over(whole: exp.Expr, core: Template) -> exp.Expr:
    if not isinstance(whole, exp.Window) or not whole.args.get("over"):
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


def typed(node: exp.Expr, of: RedshiftType) -> exp.Expr:
    """An expression with a type."""
    node.type = data_type(of)
    return node
