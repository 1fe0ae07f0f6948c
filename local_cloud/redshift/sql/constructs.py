"""The supported syntax. A statement with any other syntax is rejected before it runs.

sqlglot accepts more syntax than Redshift, and DuckDB would run it. The lists contain the allowed
types of nodes in sqlglot's tree, each with its allowed parts.
"""

from __future__ import annotations

from sqlglot import exp

from local_cloud.redshift.sql.dialect import (
    DIALECT,
    AggregateCall,
    Call,
    ColumnAttribute,
    InterleavedSortKey,
    TableAttribute,
)
from local_cloud.redshift.statement_errors import StatementFailed, refused

_QUERY = {"with_", "order", "limit", "offset"}
_TWO = {"this", "expression"}
_ALLOWED: dict[type[exp.Expr], set[str]] = {
    # Queries
    exp.Select: {
        *_QUERY,
        *("expressions", "distinct", "from_", "joins", "where", "group", "having", "qualify"),
        *("into", "exclude", "kind", "hint", "operation_modifiers"),
    },
    exp.Union: {*_QUERY, *_TWO, "distinct"},
    exp.Intersect: {*_QUERY, *_TWO, "distinct"},
    exp.Except: {*_QUERY, *_TWO, "distinct"},
    exp.Subquery: {*_QUERY, "this", "alias", "joins"},
    exp.With: {"expressions", "recursive"},
    exp.CTE: {"this", "alias"},
    exp.TableAlias: {"this", "columns"},
    exp.From: {"this"},
    exp.Join: {"this", "on", "using", "side", "kind", "method"},
    exp.Table: {"this", "db", "catalog", "alias", "joins"},
    exp.Where: {"this"},
    exp.Group: {"expressions", "cube", "rollup", "grouping_sets"},
    exp.Cube: {"expressions"},
    exp.Rollup: {"expressions"},
    exp.GroupingSets: {"expressions"},
    exp.Having: {"this"},
    exp.Qualify: {"this"},
    exp.Order: {"expressions", "this"},
    exp.Ordered: {"this", "desc", "nulls_first"},
    exp.Limit: {"expression"},
    exp.Offset: {"expression"},
    exp.Distinct: {"expressions"},
    exp.Into: {"this", "temporary"},
    exp.Star: {"except_"},
    # Expressions
    exp.Alias: {"this", "alias"},
    exp.Identifier: {"this", "quoted", "temporary"},
    exp.Column: {"this", "table", "db", "catalog"},
    exp.Literal: {"this", "is_string"},
    exp.Null: set(),
    exp.Boolean: {"this"},
    exp.Placeholder: {"this"},
    exp.Var: {"this"},
    exp.Paren: {"this"},
    exp.Tuple: {"expressions"},
    exp.Neg: {"this"},
    exp.Not: {"this"},
    exp.BitwiseNot: {"this"},
    **{
        kind: _TWO
        for kind in (
            *(exp.Add, exp.Sub, exp.Mul, exp.Mod, exp.Pow, exp.And, exp.Or),
            *(exp.EQ, exp.NEQ, exp.GT, exp.GTE, exp.LT, exp.LTE, exp.Escape),
            *(exp.BitwiseAnd, exp.BitwiseOr, exp.BitwiseXor),
            *(exp.BitwiseLeftShift, exp.BitwiseRightShift),
        )
    },
    exp.Div: {*_TWO, "typed", "safe"},
    exp.DPipe: {*_TWO, "safe"},
    exp.Like: {*_TWO, "negate"},
    exp.ILike: {*_TWO, "negate"},
    exp.SimilarTo: _TWO,
    exp.RegexpLike: _TWO,
    exp.RegexpILike: _TWO,
    exp.Is: {*_TWO, "negate"},
    exp.In: {"this", "expressions", "query"},
    exp.Between: {"this", "low", "high"},
    exp.Exists: {"this"},
    exp.Any: {"this"},
    exp.All: {"this"},
    exp.Case: {"this", "ifs", "default"},
    exp.If: {"this", "true"},
    exp.Cast: {"this", "to"},
    exp.TryCast: {"this", "to", "safe", "requires_string"},
    exp.DataType: {"this", "expressions", "nested", "kind"},
    exp.DataTypeParam: {"this", "expression"},
    exp.Interval: {"this", "unit", "fraction_in_string"},
    exp.IntervalSpan: _TWO,
    exp.AtTimeZone: {"this", "zone"},
    Call: {"this", "expressions", "approximate"},
    AggregateCall: {"this", "expressions", "approximate"},
    exp.Window: {"this", "partition_by", "order", "spec", "over"},
    exp.WindowSpec: {"kind", "start", "start_side", "end", "end_side"},
    exp.WithinGroup: _TWO,
    exp.IgnoreNulls: {"this"},
    exp.RespectNulls: {"this"},
    # Statements
    exp.Insert: {"this", "expression", "with_", "default"},
    exp.Values: {"expressions"},
    exp.Update: {"this", "expressions", "from_", "where", "with_"},
    exp.Delete: {"this", "using", "where", "with_", "tables"},
    exp.Create: {"this", "kind", "expression", "exists", "replace", "properties", "with_"}
    | {"no_schema_binding"},
    exp.Drop: {"tables", "kind", "exists", "cascade", "restrict", "materialized"},
    exp.TruncateTable: {"expressions"},
    exp.Schema: {"this", "expressions"},
    exp.ColumnDef: {"this", "kind", "constraints"},
    exp.ColumnConstraint: {"this", "kind"},
    ColumnAttribute: {"this"},
    TableAttribute: {"this"},
    exp.NotNullColumnConstraint: {"allow_null"},
    exp.PrimaryKeyColumnConstraint: {"desc", "options", "include"},
    exp.UniqueColumnConstraint: {"this", "options", "include"},
    exp.IndexParameters: set(),
    exp.DefaultColumnConstraint: {"this"},
    exp.GeneratedAsIdentityColumnConstraint: {"this", "start", "increment", "expression"},
    exp.EncodeColumnConstraint: {"this"},
    exp.Reference: {"this", "expressions", "options"},
    exp.Constraint: {"this", "expressions"},
    exp.PrimaryKey: {"expressions", "options", "include", "this"},
    exp.ForeignKey: {"expressions", "reference", "options"},
    exp.LikeProperty: {"this", "expressions"},
    exp.Property: {"this", "value"},
    exp.Properties: {"expressions"},
    exp.DistKeyProperty: {"this"},
    exp.DistStyleProperty: {"this"},
    exp.SortKeyProperty: {"this", "compound"},
    InterleavedSortKey: {"this"},
    exp.TemporaryProperty: {"this"},
    exp.MaterializedProperty: {"this"},
}
_NOT_CARRIED_OUT: dict[type[exp.Expr], str] = {
    exp.Pivot: "PIVOT",
    exp.Merge: "statement MERGE",
    exp.Connect: "CONNECT BY",
    exp.Collate: "COLLATE",
    exp.CollateColumnConstraint: "COLLATE",
}
# Objects of Redshift that the laptop's warehouse does not support.
_OBJECTS = ("DATASHARE", "FUNCTION", "LIBRARY", "MASKING", "MODEL", "PROCEDURE", "RLS")
_JOINS = (None, "", "INNER", "OUTER", "CROSS")
# Redshift's errors for syntax of other databases.
_WORDS: dict[type[exp.Expr], str] = {
    exp.Filter: 'syntax error at or near "("',
    exp.NullSafeNEQ: 'syntax error at or near "distinct"',
    exp.NullSafeEQ: 'syntax error at or near "distinct"',
    exp.OnConflict: 'syntax error at or near "on"',
    exp.Returning: 'syntax error at or near "returning"',
    exp.Lateral: 'syntax error at or near "lateral"',
    exp.TableSample: 'syntax error at or near "tablesample"',
    exp.Fetch: 'syntax error at or near "fetch"',
    exp.Lock: "SELECT FOR UPDATE is not supported",
    exp.Array: "array constructors are not supported",
    exp.Bracket: "subscripted expressions are not supported",
    exp.CheckColumnConstraint: "CHECK constraints are not supported",
    exp.LimitOptions: 'syntax error at or near "limit"',
    exp.Struct: 'syntax error at or near "{"',
    exp.JSONExtract: "operator does not exist: ->",
    exp.JSONExtractScalar: "operator does not exist: ->>",
    exp.Index: 'SQL command "CREATE INDEX" not supported on Redshift tables',
    exp.PartitionedByProperty: "table partitioning is not supported",
    exp.Concat: "syntax error at or near a quoted text",
}
_PARTS: dict[tuple[type[exp.Expr], str], str] = {
    (exp.Distinct, "on"): "SELECT DISTINCT ON is not supported",
    (exp.Select, "windows"): 'syntax error at or near "window"',
    (exp.Group, "all"): 'syntax error at or near "all"',
    (exp.WindowSpec, "exclude"): 'syntax error at or near "exclude"',
    (exp.Table, "only"): 'syntax error at or near "only"',
    (exp.Insert, "alternative"): 'syntax error at or near "or"',
    (exp.Insert, "by_name"): 'syntax error at or near "by"',
    (exp.CTE, "materialized"): 'syntax error at or near "materialized"',
    (exp.Between, "symmetric"): 'syntax error at or near "symmetric"',
}


def check_constructs(tree: exp.Expr) -> None:
    """Raise StatementFailed for syntax that Redshift or the laptop's warehouse does not support."""
    for node in tree.walk():
        if type(node) not in _ALLOWED:
            raise _rejection(node)
        for part, value in node.args.items():
            if value and part not in _ALLOWED[type(node)]:
                raise _part_rejection(node, part, value)
        _check_details(node)


def _rejection(node: exp.Expr) -> StatementFailed:
    if isinstance(node, exp.Command):
        return _unknown_command(node)
    if isinstance(node, exp.UserDefinedFunction):
        created = node.find_ancestor(exp.Create)
        return refused(f"CREATE {created.args['kind'] if created is not None else 'FUNCTION'}")
    if type(node) in _NOT_CARRIED_OUT:
        return refused(f"{_NOT_CARRIED_OUT[type(node)]} ({_shown(node)})")
    words = _WORDS.get(type(node), f"syntax error at or near {_shown(node)}")
    return StatementFailed(f"ERROR: {words}")


def _unknown_command(node: exp.Expr) -> StatementFailed:
    """Return the error for a statement that sqlglot does not parse."""
    first, *rest = str(node.sql(DIALECT)).upper().split()
    names = [word for word in rest if word not in ("OR", "REPLACE")]
    if names and names[0] in _OBJECTS:
        return refused(f"{first} {names[0]}")
    return StatementFailed(f'ERROR: syntax error at or near "{(names or [first])[0].lower()}"')


def _shown(node: exp.Expr) -> str:
    return f'"{node.sql(DIALECT)[:60]}"'


def _part_rejection(node: exp.Expr, part: str, value: object) -> StatementFailed:
    words = _PARTS.get((type(node), part))
    if words is not None:
        return StatementFailed(f"ERROR: {words}")
    first = value[0] if isinstance(value, list) else value
    if part == "pivots":
        return refused("PIVOT")
    if part == "join_mark":
        return refused("the outer join operator (+)")
    if isinstance(first, exp.Expr):
        return _rejection(first)
    return StatementFailed(f'ERROR: syntax error at or near "{part.strip("_").replace("_", " ")}"')


def _check_details(node: exp.Expr) -> None:
    if isinstance(node, exp.Join):
        kind = str(node.args.get("kind") or "").upper()
        method = str(node.args.get("method") or "").upper()
        if kind not in _JOINS or method not in ("", "NATURAL"):
            raise StatementFailed(f'ERROR: syntax error at or near "{(method or kind).lower()}"')
    elif isinstance(node, exp.Values) and not isinstance(node.parent, exp.Insert):
        raise StatementFailed('ERROR: syntax error at or near "values"')
    elif isinstance(node, exp.Placeholder) and not node.args.get("this"):
        raise StatementFailed('ERROR: syntax error at or near "?"')
    elif isinstance(node, exp.Order) and node.args.get("this") is not None:
        raise StatementFailed('ERROR: syntax error at or near "order"')
    elif isinstance(node, exp.Table) and isinstance(node.this, exp.Func):
        raise refused(f"the table function {node.this.name.upper()}")
