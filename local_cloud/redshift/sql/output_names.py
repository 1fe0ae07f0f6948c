"""The names of output columns without an alias."""

from __future__ import annotations

from sqlglot import exp

from local_cloud.redshift.declared_types import declared_type
from local_cloud.redshift.sql.dialect import Call
from local_cloud.redshift.statement_errors import StatementFailed

# The name in PostgreSQL, and therefore in Redshift.
_MAX_COLUMNS = 1664
_UNNAMED = "?column?"
# Functions whose column does not have the function's name (examples in the documentation).
_NAMES = {
    "char_length": "char_length",
    "current_date": "date",
    "date_part": "pgdate_part",
    "dateadd": "date_add",
    "datediff": "date_diff",
    "decode": "case",
    "extract": "date_part",
    "isnull": "isnull",
    "log": "dlog10",
    "nvl": "coalesce",
    "trim": "btrim",
}


def name_outputs(tree: exp.Expr) -> None:
    """Add Redshift's default names to output columns without an alias."""
    if not isinstance(tree, exp.Query):
        return
    while isinstance(tree, exp.SetOperation | exp.Subquery):
        tree = tree.this
    if not isinstance(tree, exp.Select):
        return
    if len(tree.expressions) > _MAX_COLUMNS:
        raise StatementFailed(f"ERROR: target lists can have at most {_MAX_COLUMNS} entries")
    # All are replaced at once: the time to replace them one by one grows with their square.
    tree.set("expressions", [_named(projection) for projection in tree.expressions])


def _named(projection: exp.Expr) -> exp.Expr:
    if isinstance(projection, exp.Alias | exp.Column | exp.Star):
        return projection
    return exp.alias_(projection, output_name(projection), quoted=True)


def output_name(node: exp.Expr) -> str:
    """Return the default name: `count` for COUNT(*), a cast's column or type, else `?column?`."""
    if isinstance(node, exp.Column):
        return str(node.name)
    if isinstance(node, exp.Cast):
        inner = output_name(node.this)
        return inner if inner != _UNNAMED else declared_type(node.args["to"]).name
    if isinstance(node, exp.Paren | exp.Window | exp.WithinGroup | exp.IgnoreNulls):
        return output_name(node.this)
    if isinstance(node, exp.Subquery):
        query = node.this
        first = query.selects[0] if isinstance(query, exp.Query) and query.selects else None
        return (first.alias or output_name(first)) if first is not None else _UNNAMED
    if isinstance(node, exp.Case):
        return "case"
    if isinstance(node, Call):
        if node.name == "nullif":
            return output_name(node.expressions[0])
        return _NAMES.get(node.name, node.name)
    return _UNNAMED
