"""Raises errors for statements that Redshift rejects although their syntax is valid.

Sources: chapters "Window functions", "Aggregate functions" and "Leader node-only functions",
pages "Comparison condition" and "Boolean type".
"""

from __future__ import annotations

from collections.abc import Callable

from sqlglot import exp

from local_cloud.redshift.catalog import Catalog
from local_cloud.redshift.redshift_types import BOOL, RedshiftType
from local_cloud.redshift.sql.calls import function_of
from local_cloud.redshift.sql.dialect import AggregateCall, Call
from local_cloud.redshift.sql.functions import functions
from local_cloud.redshift.sql.functions.registry import Shape
from local_cloud.redshift.sql.node_types import node_type
from local_cloud.redshift.sql.relations import parts, relations
from local_cloud.redshift.statement_errors import StatementFailed

# Functions whose window must have no ORDER BY, and functions that need a frame with ORDER BY.
_UNORDERED = ("listagg", "median", "percentile_cont", "percentile_disc", "ratio_to_report")
_FRAMED = ("first_value", "last_value", "nth_value")
_SORTED = ("listagg", "median", "percentile_cont")
_LEADER_TABLES = ("pg_", "information_schema.")


def check_placement(tree: exp.Expr, catalog: Catalog) -> None:
    """Check compute node-only and leader node-only functions. Raises StatementFailed."""
    names = [".".join(parts(table)).removeprefix("pg_catalog.") for table in relations(tree)]
    on_compute = [name for name in names if not name.startswith(_LEADER_TABLES)]
    for call in tree.find_all(Call):
        overloads = functions().get(call.name, ())
        if on_compute and any(f.leader_only for f in overloads):
            raise StatementFailed(
                "ERROR: Specified types or functions (one per INFO message) "
                "not supported on Redshift tables."
            )
        if not on_compute and any(f.compute_only for f in overloads):
            raise StatementFailed(
                "ERROR: One or more of the used functions must be applied on at least one user "
                "created tables. Examples of user table only functions are LISTAGG, MEDIAN, "
                "PERCENTILE_CONT, etc"
            )


def check_query(tree: exp.Expr) -> None:
    """Raise StatementFailed if Redshift rejects the resolved query."""
    for node in tree.walk():
        check = _CHECKS.get(type(node))
        if check is not None:
            check(node)


def _window(node: exp.Expr) -> None:
    call = node.find(Call)
    if call is None:
        return
    function = function_of(call)
    ordered, spec = node.args.get("order") is not None, node.args.get("spec")
    aggregate = function is not None and function.shape is Shape.AGGREGATE
    if call.name in _UNORDERED and ordered:
        raise StatementFailed(
            f"ERROR: ORDER BY is not supported in the OVER clause of {call.name.upper()}"
        )
    if (aggregate or call.name in _FRAMED) and ordered and spec is None:
        raise StatementFailed(
            "ERROR: Aggregate window functions with an ORDER BY clause require a frame clause"
        )
    if spec is not None and str(spec.args.get("kind")).upper() != "ROWS":
        raise StatementFailed(
            f"ERROR: window frame clause {spec.args.get('kind')} is not supported"
        )
    distinct = any(isinstance(argument, exp.Distinct) for argument in call.expressions)
    if aggregate and distinct and call.name not in ("listagg", "min", "max"):
        raise StatementFailed("ERROR: DISTINCT is not supported in window functions")


def _aggregate(node: exp.Expr) -> None:
    """Check the arguments of an aggregate: no window function; no aggregate except with OVER."""
    inside = [inner for argument in node.expressions for inner in _calls_within(argument)]
    windowed = _is_windowed(node)
    for inner in inside:
        if _is_windowed(inner) or (isinstance(inner, AggregateCall) and not windowed):
            raise StatementFailed(
                "ERROR: Aggregate function calls may not have nested aggregate or window function"
            )


def _calls_within(node: exp.Expr) -> list[Call]:
    return [
        inner
        for inner in node.walk(prune=lambda n: isinstance(n, exp.Query))
        if isinstance(inner, Call)
    ]


def _is_windowed(call: exp.Expr) -> bool:
    node = call
    while node.parent is not None and node.arg_key == "this":
        node = node.parent
        if isinstance(node, exp.Window):
            return True
    return False


def _select(node: exp.Expr) -> None:
    """Check a SELECT: its LISTAGG, MEDIAN and PERCENTILE_CONT must have the same sort keys."""
    orders = {
        order
        for projection in node.expressions
        for call in _calls_within(projection)
        if call.name in _SORTED and (order := _order_of(call)) is not None
    }
    if len(orders) > 1:
        raise StatementFailed(
            "ERROR: within group ORDER BY clauses for aggregate functions must be the same"
        )
    for projection in node.expressions:
        for inner in projection.walk(prune=lambda n: isinstance(n, exp.Query)):
            if isinstance(inner, exp.Is) and isinstance(inner.expression, exp.Boolean):
                raise StatementFailed("ERROR: Not implemented")


def _order_of(call: Call) -> str | None:
    if call.name == "median":
        return str(call.expressions[0].sql())
    within = call.parent
    if not isinstance(within, exp.WithinGroup):
        return None
    orders = within.expression.expressions
    return ", ".join(f"{o.this.sql()}{' DESC' if o.args.get('desc') else ''}" for o in orders)


def _comparison(node: exp.Expr) -> None:
    """Check a comparison: only = ANY and <> ALL are supported."""
    quantified = node.expression
    allowed = (isinstance(node, exp.EQ) and isinstance(quantified, exp.Any)) or (
        isinstance(node, exp.NEQ) and isinstance(quantified, exp.All)
    )
    if isinstance(quantified, exp.Any | exp.All) and not allowed:
        word = "ANY" if isinstance(quantified, exp.Any) else "ALL"
        raise StatementFailed(f"ERROR: this comparison with {word} is not supported")


def _condition(node: exp.Expr) -> None:
    """Check that the operands of WHERE, HAVING, AND, OR and NOT are booleans."""
    for operand in (node.this, node.args.get("expression")):
        if operand is not None:
            _require_boolean(operand, node.key.upper())


def _require_boolean(node: exp.Expr, word: str) -> None:
    of = node_type(node)
    if of is not None and of != BOOL:
        raise StatementFailed(
            f"ERROR: argument of {word} must be type boolean, not type {of.words}"
        )


def _case(node: exp.Expr) -> None:
    branches = node.args["ifs"]
    if node.this is None:
        for branch in branches:
            _require_boolean(branch.this, "CASE/WHEN")
    results = [branch.args["true"] for branch in branches]
    _require_one_type("CASE", [*results, node.args.get("default")])


def _set_operation(node: exp.Expr) -> None:
    assert isinstance(node, exp.SetOperation)
    word = node.key.upper()
    sides = [node.left.selects, node.right.selects]
    if len(sides[0]) != len(sides[1]):
        raise StatementFailed(f"ERROR: each {word} query must have the same number of columns")
    for pair in zip(*sides, strict=True):
        _require_one_type(word, [column.unalias() for column in pair])


def _require_one_type(word: str, nodes: list[exp.Expr | None]) -> None:
    """Raise StatementFailed unless the values are all numbers, all texts, all dates, …"""
    types = [of for node in nodes if node is not None and (of := node_type(node)) is not None]
    for first, second in zip(types, types[1:], strict=False):
        if _family(first) != _family(second):
            raise StatementFailed(
                f"ERROR: {word} types {first.words} and {second.words} cannot be matched"
            )


def _family(of: RedshiftType) -> str:
    families = (("number", of.is_number), ("text", of.is_text), ("date", of.is_datetime))
    return next((name for name, belongs in families if belongs), of.name)


def _whole_row(node: exp.Expr) -> None:
    raise StatementFailed(f'ERROR: column "{node.name}" does not exist')


def _call(node: exp.Expr) -> None:
    assert isinstance(node, Call)
    function = function_of(node)
    if function is not None and function.shape is Shape.WINDOW and not _is_windowed(node):
        raise StatementFailed(f"ERROR: window function {node.name} requires an OVER clause")


_CHECKS: dict[type[exp.Expr], Callable[[exp.Expr], None]] = {
    exp.Window: _window,
    Call: _call,
    exp.TableColumn: _whole_row,
    exp.Case: _case,
    **dict.fromkeys((exp.Union, exp.Intersect, exp.Except), _set_operation),
    **dict.fromkeys((exp.And, exp.Or, exp.Not), _condition),
    AggregateCall: _aggregate,
    exp.Select: _select,
    exp.Where: _condition,
    exp.Having: _condition,
    **dict.fromkeys((exp.EQ, exp.NEQ, exp.GT, exp.GTE, exp.LT, exp.LTE), _comparison),
}
