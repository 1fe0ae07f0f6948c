"""GROUP BY, DISTINCT and set operations: texts that differ in trailing blanks only are equal.

Source: page "Character types", significance of trailing blanks.
"""

from __future__ import annotations

from sqlglot import exp

from local_cloud.redshift.sql.dialect import AggregateCall
from local_cloud.redshift.sql.node_types import node_type
from local_cloud.redshift.sql.templates import filled


def is_varchar(node: exp.Expr) -> bool:
    """Return whether the values may have trailing blanks. CHAR values are stored without them."""
    of = node_type(node)
    return of is not None and of.name == "varchar"


def _stripped(node: exp.Expr) -> exp.Expr:
    return filled("rtrim({0}, ' ')", node.copy(), of=node_type(node))


def group_without_blanks(tree: exp.Expr) -> None:
    """Rewrite all GROUP BY, DISTINCT and set operations of a resolved tree, inner queries first."""
    for node in list(tree.walk(bfs=False))[::-1]:
        if isinstance(node, exp.Select):
            _group(node)
            _distinct(node)
        elif isinstance(node, exp.SetOperation):
            _set_operation(node)


def _group(select: exp.Select) -> None:
    group = select.args.get("group")
    if group is None:
        return
    partial = any(group.args.get(name) for name in ("cube", "rollup", "grouping_sets"))
    keys = [key for key in _keys(group) if is_varchar(key)]
    for key in keys:
        # Any value of the group can be shown. ROLLUP sets the key to NULL, so the key is shown.
        shown = (
            _stripped(key) if partial else filled("any_value({0})", key.copy(), of=node_type(key))
        )
        for clause in _after_grouping(select):
            _replace_outside_aggregates(clause, key, shown)
    for key in keys:
        key.replace(_stripped(key))


def _keys(group: exp.Expr) -> list[exp.Expr]:
    found: list[exp.Expr] = []
    stack: list[exp.Expr] = [group]
    while stack:
        node = stack.pop()
        for child in node.iter_expressions():
            if isinstance(child, exp.Cube | exp.Rollup | exp.GroupingSets | exp.Tuple | exp.Paren):
                stack.append(child)
            else:
                found.append(child)
    return found


def _after_grouping(select: exp.Select) -> list[exp.Expr]:
    clauses = [select.args.get(name) for name in ("having", "qualify", "order")]
    return [*select.expressions, *(clause for clause in clauses if clause is not None)]


def _replace_outside_aggregates(root: exp.Expr, key: exp.Expr, shown: exp.Expr) -> None:
    stack = [root]
    while stack:
        node = stack.pop()
        for child in list(node.iter_expressions()):
            if child == key:
                child.replace(shown.copy())
            elif isinstance(child, AggregateCall) and not isinstance(node, exp.Window):
                continue
            elif not isinstance(child, exp.Query):
                stack.append(child)


def _distinct(select: exp.Select) -> None:
    distinct = select.args.get("distinct")
    values = [projection.unalias() for projection in select.expressions]
    if distinct is None or not any(map(is_varchar, values)):
        return
    keys = [_stripped(value) if is_varchar(value) else value.copy() for value in values]
    distinct.set("on", exp.Tuple(expressions=keys))


def _set_operation(node: exp.SetOperation) -> None:
    if not node.args.get("distinct"):
        return
    columns = [column.copy() for column in node.selects]
    if not any(is_varchar(column.unalias()) for column in columns):
        return
    for side in ("this", "expression"):
        node.set(side, _side(node.args[side], columns))


def _side(query: exp.Expr, columns: list[exp.Expr]) -> exp.Expr:
    """Return a query of a set operation with its texts without trailing blanks."""
    names = [exp.to_identifier(f"c{number}") for number in range(len(columns))]
    projections = []
    for name, column in zip(names, columns, strict=True):
        value: exp.Expr = exp.column(name.copy())
        value.type = column.unalias().type
        value = _stripped(value) if is_varchar(value) else value
        projection = exp.alias_(value, column.alias_or_name, quoted=True)
        projection.type = column.unalias().type
        projections.append(projection)
    inner = query.this if isinstance(query, exp.Subquery) else query
    alias = exp.TableAlias(this=exp.to_identifier("side"), columns=names)
    return exp.select(*projections).from_(exp.Subquery(this=inner.copy(), alias=alias))
