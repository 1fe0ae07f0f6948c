"""Translates comparisons: ignores trailing blanks, and converts operands to a common type.

Sources: pages "Character types" (significance of trailing blanks), "Comparison condition" and
"Type compatibility and conversion".
"""

from __future__ import annotations

from sqlglot import exp

from local_cloud.redshift.redshift_types import BOOL, RedshiftType
from local_cloud.redshift.sql.conversions import as_text, converted
from local_cloud.redshift.sql.node_types import is_untyped, node_type, quoted_text
from local_cloud.redshift.sql.templates import filled, literal


def without_blanks(node: exp.Expr) -> exp.Expr:
    """Return a text without trailing blanks. CHAR values are already stored without them."""
    text = quoted_text(node)
    if text is not None:
        return filled(literal(text.rstrip(" ")))
    of = node_type(node)
    if of is None or of.name != "varchar":
        return node
    return filled("rtrim({0}, ' ')", node, of=of)


def comparable(left: exp.Expr, right: exp.Expr) -> tuple[exp.Expr, exp.Expr]:
    """Return two operands, converted so that DuckDB compares them as Redshift does."""
    one, other = node_type(left), node_type(right)
    if one is None and other is None:
        return without_blanks(left), without_blanks(right)
    if one is None:
        return _beside(left, other), without_blanks(right)
    if other is None:
        return without_blanks(left), _beside(right, one)
    if one.is_text or other.is_text:
        return _texts(left, right, one, other)
    if one == BOOL and other.is_integer:
        return left, converted(right, BOOL)
    if other == BOOL and one.is_integer:
        return converted(left, BOOL), right
    return left, right


def _beside(node: exp.Expr, of: RedshiftType | None) -> exp.Expr:
    """Convert a literal or a parameter to the type of the other operand."""
    if of is None or not is_untyped(node):
        return node
    return without_blanks(node) if of.is_text else converted(node, of)


def _texts(
    left: exp.Expr, right: exp.Expr, one: RedshiftType, other: RedshiftType
) -> tuple[exp.Expr, exp.Expr]:
    """Compare a text with a DECIMAL as DECIMALs. Compare it with any other type as texts."""
    if one.name == "numeric":
        return left, converted(right, one)
    if other.name == "numeric":
        return converted(left, other), right
    return without_blanks(as_text(left)), without_blanks(as_text(right))


def equal(left: exp.Expr, right: exp.Expr) -> exp.Expr:
    """Return the translation of `left = right`."""
    one, other = comparable(left, right)
    return filled("({0} = {1})", one, other, of=BOOL)


def compared(node: exp.Expr) -> None:
    """Rewrite the operands of =, <>, <, <=, > and >=."""
    left, right = node.this, node.expression
    if isinstance(left.unnest(), exp.Tuple) and isinstance(right.unnest(), exp.Tuple):
        _compare_rows(left.unnest(), right.unnest())
        return
    one, other = comparable(left, right)
    node.set("this", one)
    node.set("expression", other)


def _compare_rows(left: exp.Expr, right: exp.Expr) -> None:
    pairs = [comparable(a, b) for a, b in zip(left.expressions, right.expressions, strict=False)]
    left.set("expressions", [a for a, _ in pairs])
    right.set("expressions", [b for _, b in pairs])


def between(node: exp.Expr) -> None:
    """Rewrite x BETWEEN low AND high."""
    value, low = comparable(node.this.copy(), node.args["low"])
    other, high = comparable(node.this, node.args["high"])
    if value == other:
        node.set("this", value)
        node.set("low", low)
        node.set("high", high)
    else:
        both = filled("({0} >= {1} AND {2} <= {3})", value, low, other, high, of=BOOL)
        node.replace(both)


def membership(node: exp.Expr) -> None:
    """Rewrite x IN (list) and x IN (query)."""
    query = node.args.get("query")
    if query is not None:
        node.set("this", _row_for_query(node.this, query))
        return
    items = node.args.get("expressions") or []
    if isinstance(node.this.unnest(), exp.Tuple):
        _rows_in_list(node, items)
        return
    pairs = [comparable(node.this.copy(), item) for item in items]
    if all(value == pairs[0][0] for value, _ in pairs):
        node.set("this", pairs[0][0])
        node.set("expressions", [item for _, item in pairs])
    else:
        places = " OR ".join(f"{{{n * 2}}} = {{{n * 2 + 1}}}" for n in range(len(pairs)))
        operands = [operand for pair in pairs for operand in pair]
        node.replace(filled(f"({places})", *operands, of=BOOL))


def _rows_in_list(node: exp.Expr, items: list[exp.Expr]) -> None:
    row = node.this.unnest()
    for item in items:
        if isinstance(item.unnest(), exp.Tuple):
            copied = row.copy()
            _compare_rows(copied, item.unnest())
    row.set("expressions", [without_blanks(value) for value in row.expressions])


def _row_for_query(value: exp.Expr, query: exp.Expr) -> exp.Expr:
    """Return the left side of IN (query). Trailing blanks in the query's columns are removed."""
    inner = query.this if isinstance(query, exp.Subquery) else query
    columns = inner.selects if isinstance(inner, exp.Query) else []
    values = value.unnest().expressions if isinstance(value.unnest(), exp.Tuple) else [value]
    if len(columns) != len(values):
        return value
    pairs = list(zip(values, columns, strict=True))
    if not any(_meets_text(one, column) for one, column in pairs):
        return value
    names = [f"c{number}" for number in range(len(columns))]
    stripped = ", ".join(
        f"rtrim({name}, ' ')" if _is_varchar(column) else name
        for name, column in zip(names, columns, strict=True)
    )
    wrapped = filled(f"SELECT {stripped} FROM ({{0}}) AS q({', '.join(names)})", inner.copy())
    query.replace(exp.Subquery(this=wrapped) if isinstance(query, exp.Subquery) else wrapped)
    compared_values = [without_blanks(one) for one in values]
    return exp.Tuple(expressions=compared_values) if len(values) > 1 else compared_values[0]


def _meets_text(value: exp.Expr, column: exp.Expr) -> bool:
    of = node_type(value)
    return (
        _is_varchar(column)
        or (of is not None and of.name == "varchar")
        or (quoted_text(value) is not None)
    )


def _is_varchar(column: exp.Expr) -> bool:
    of = node_type(column.unalias())
    return (of is not None and of.name == "varchar") or quoted_text(column.unalias()) is not None
