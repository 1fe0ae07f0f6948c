"""The plan of a query, in the format of EXPLAIN.

Sources: pages "EXPLAIN" and "Query plan" of the Developer Guide. Costs and widths are estimates, as
on Redshift. They are derived from row counts and types.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from sqlglot import exp

from local_cloud.redshift.declared_types import type_of
from local_cloud.redshift.sql.dialect import DIALECT, AggregateCall

_ROW_COST = 0.01
# The high fixed costs of a sort and of a broadcast.
_SORT_COST = 1_000_000_000_000.0
_MEAN_TEXT_WIDTH = 2
RowCount = Callable[[exp.Table], int]


@dataclass(frozen=True)
class PlanStep:
    """A step: its operator, its costs, its number of rows, and the steps that it reads."""

    operator: str
    rows: int
    width: int
    start: float
    cost: float
    details: tuple[str, ...] = ()
    inputs: tuple[PlanStep, ...] = ()

    def lines(self, indent: int = 0) -> list[str]:
        """Return the lines of the step, its details, and the steps that it reads."""
        costs = f"(cost={self.start:.2f}..{self.cost:.2f} rows={self.rows} width={self.width})"
        arrow = "->  " if indent else ""
        found = [f"{' ' * indent}{arrow}XN {self.operator}  {costs}"]
        margin = indent + len(arrow) + 2
        found += [f"{' ' * margin}{detail}" for detail in self.details]
        for step in self.inputs:
            found += step.lines(margin)
        return found


def query_plan(query: exp.Expr, row_count: RowCount) -> PlanStep:
    """Return the plan of a resolved query."""
    return _Planner(row_count).plan(query)


class _Planner:
    def __init__(self, row_count: RowCount) -> None:
        self._row_count = row_count
        self._common: dict[str, exp.Expr] = {}

    def plan(self, query: exp.Expr) -> PlanStep:
        """Return the plan of a SELECT or a set operation, with ORDER BY and LIMIT."""
        for common in query.ctes if isinstance(query, exp.Query) else []:
            self._common[common.alias] = common.this
        if isinstance(query, exp.Subquery):
            step = self.plan(query.this)
        elif isinstance(query, exp.SetOperation):
            step = self._set_operation(query)
        else:
            assert isinstance(query, exp.Select)
            step = self._select(query)
        return _limited(query, _sorted(query, step))

    def _set_operation(self, query: exp.SetOperation) -> PlanStep:
        inputs = tuple(
            _above(self.plan(side), f'Subquery Scan "*SELECT* {number}"')
            for number, side in enumerate((query.left, query.right), start=1)
        )
        rows, cost = sum(step.rows for step in inputs), sum(step.cost for step in inputs)
        step = PlanStep(_operator(query), rows, inputs[0].width, 0, cost, (), inputs)
        unique = isinstance(query, exp.Union) and bool(query.args.get("distinct"))
        return _above(step, "Unique") if unique else step

    def _select(self, query: exp.Select) -> PlanStep:
        width = sum(_width(column) for column in query.selects)
        source = query.args.get("from_")
        if source is None:
            return PlanStep("Result", 1, width, 0, _ROW_COST)
        conditions = _conditions(query.args.get("where"))
        step = self._scan(source.this, conditions, width)
        joined = {source.this.alias_or_name}
        for join in query.args.get("joins") or []:
            joined.add(join.this.alias_or_name)
            inner = self._scan(join.this, conditions, width)
            both = [condition for condition in conditions if _sources(condition) <= joined]
            _remove(conditions, both)
            step = _join(step, inner, join, both)
        step = replace(step, details=step.details + _filter(conditions))
        return _unique(query, _windowed(query, _aggregated(query, step)))

    def _scan(self, source: exp.Expr, conditions: list[exp.Expr], width: int) -> PlanStep:
        """Return the step for a table, a CTE or a subquery, with its own conditions as a filter."""
        name = source.alias_or_name
        own = [condition for condition in conditions if _sources(condition) == {name}]
        _remove(conditions, own)
        inner = source.this if isinstance(source, exp.Subquery) else self._common.get(source.name)
        if inner is not None:
            return _above(self.plan(inner), f"Subquery Scan {name}", _filter(own))
        assert isinstance(source, exp.Table)
        rows = self._row_count(source)
        alias = "" if name == source.name else f" {name}"
        operator = f"Seq Scan on {source.name}{alias}"
        return PlanStep(operator, rows, width, 0, rows * _ROW_COST, _filter(own))


def _operator(query: exp.SetOperation) -> str:
    if isinstance(query, exp.Intersect):
        return "Hash Intersect Distinct"
    return "SetOp Except" if isinstance(query, exp.Except) else "Append"


def _remove(conditions: list[exp.Expr], used: list[exp.Expr]) -> None:
    conditions[:] = [condition for condition in conditions if condition not in used]


def _join(outer: PlanStep, inner: PlanStep, join: exp.Expr, conditions: list[exp.Expr]) -> PlanStep:
    """Return a hash join if a condition compares for equality, else a nested loop."""
    own = _conditions(join.args.get("on")) + conditions
    equal = [c for c in own if isinstance(c, exp.EQ) and len(_sources(c)) > 1]
    filters = tuple(f"Join Filter: {_text(c)}" for c in own if c not in equal)
    side = f" {str(join.args['side']).title()}" if join.args.get("side") else ""
    cost, width = outer.cost + inner.cost, outer.width
    if not equal:
        rows = outer.rows * inner.rows
        operator = f"Nested Loop{side} Join"
        return PlanStep(operator, rows, width, 0, cost, filters, (outer, inner))
    details = (f"Hash Cond: {_join_text(equal, join.this.alias_or_name)}", *filters)
    table = PlanStep("Hash", inner.rows, inner.width, inner.cost, inner.cost, (), (inner,))
    operator, rows = f"Hash{side} Join DS_DIST_ALL_NONE", max(outer.rows, inner.rows)
    return PlanStep(operator, rows, width, inner.cost, cost, details, (outer, table))


def _above(step: PlanStep, operator: str, details: tuple[str, ...] = ()) -> PlanStep:
    """Return a step that reads another step and returns the same number of rows."""
    return PlanStep(operator, step.rows, step.width, step.start, step.cost, details, (step,))


def _conditions(clause: exp.Expr | None) -> list[exp.Expr]:
    if clause is None:
        return []
    condition = clause.this if isinstance(clause, exp.Where | exp.Having) else clause
    return list(condition.flatten()) if isinstance(condition, exp.And) else [condition]


def _sources(condition: exp.Expr) -> set[str]:
    return {column.table for column in condition.find_all(exp.Column)}


def _filter(conditions: list[exp.Expr]) -> tuple[str, ...]:
    return (f"Filter: {' AND '.join(map(_text, conditions))}",) if conditions else ()


def _text(condition: exp.Expr) -> str:
    """Return a condition in brackets, with columns without table names."""
    shown = condition.copy()
    for column in shown.find_all(exp.Column):
        column.set("table", None)
    for name in shown.find_all(exp.Identifier):
        name.set("quoted", False)
    return f"({shown.sql(DIALECT).lower()})"


def _join_text(conditions: Sequence[exp.Expr], inner: str) -> str:
    shown = [condition.copy() for condition in conditions]
    for condition in shown:
        for column in condition.find_all(exp.Column):
            side = "inner" if column.table == inner else "outer"
            column.set("table", exp.to_identifier(side, quoted=True))
            column.this.set("quoted", False)
    return " AND ".join(f"({condition.sql(DIALECT)})" for condition in shown)


def _width(column: exp.Expr) -> int:
    of = type_of(column.type)
    if of is None:
        return 0
    return of.length or of.precision // _MEAN_TEXT_WIDTH


def _aggregated(query: exp.Select, step: PlanStep) -> PlanStep:
    group = query.args.get("group")
    if group is None and not any(_aggregates(column) for column in query.selects):
        return step
    having = _filter(_conditions(query.args.get("having")))
    cost = step.cost + step.rows * _ROW_COST / 2
    operator, rows = ("HashAggregate", step.rows) if group is not None else ("Aggregate", 1)
    return PlanStep(operator, rows, step.width, cost, cost, having, (step,))


def _aggregates(column: exp.Expr) -> bool:
    found = column.find_all(AggregateCall)
    return any(call.find_ancestor(exp.Window) is None for call in found)


def _windowed(query: exp.Expr, step: PlanStep) -> PlanStep:
    windows = list(dict.fromkeys(_window_details(window) for window in query.find_all(exp.Window)))
    for details in windows:
        step = _above(step, "Window", details)
    return step


def _window_details(window: exp.Expr) -> tuple[str, ...]:
    partition = [_text(node) for node in window.args.get("partition_by") or []]
    order = window.args.get("order")
    keys = [_text(node.this) for node in order.expressions] if order is not None else []
    found = [("Partition", partition), ("Order", keys)]
    return tuple(f"{word}: {', '.join(texts)}" for word, texts in found if texts)


def _unique(query: exp.Expr, step: PlanStep) -> PlanStep:
    return _above(step, "Unique") if query.args.get("distinct") else step


def _sorted(query: exp.Expr, step: PlanStep) -> PlanStep:
    order = query.args.get("order")
    if order is None:
        return step
    keys = ", ".join(_text(node.this)[1:-1] for node in order.expressions)
    cost = _SORT_COST + step.cost
    steps = PlanStep("Sort", step.rows, step.width, cost, cost, (f"Sort Key: {keys}",), (step,))
    return _above(_above(steps, "Network", ("Send to leader",)), "Merge", (f"Merge Key: {keys}",))


def _limited(query: exp.Expr, step: PlanStep) -> PlanStep:
    limit = query.args.get("limit")
    if limit is None:
        return step
    number = limit.expression
    rows = int(number.name) if isinstance(number, exp.Literal) else step.rows
    rows = min(rows, step.rows)
    return PlanStep("Limit", rows, step.width, step.start, step.cost, (), (step,))
