"""Translates a query of Trino to DuckDB. A function without a translation is rejected by name."""

from __future__ import annotations

import re
from collections.abc import Sequence

from sqlglot import exp, parse, tokenize
from sqlglot.errors import OptimizeError, ParseError, TokenError
from sqlglot.optimizer.annotate_types import annotate_types
from sqlglot.optimizer.qualify import qualify
from sqlglot.optimizer.scope import traverse_scope
from sqlglot.tokenizer_core import TokenType

from local_cloud.athena.errors import QueryFailed, unsupported

DIALECT = "athena"
CATALOG = "awsdatacatalog"
Relation = tuple[str, str]
# Database -> table -> column -> type, in the dialect of DuckDB.
Schema = dict[str, object]
# DuckDB has functions with these names, or their translation, with other formats.
_OTHER_MEANING = (exp.ParseDatetime, exp.Typeof)
_UNNAMED = "column without a name"
# The name of a parameter, with its place in the text of the statement.
_PARAMETER = "parameter_"
_DECIMAL = re.compile(r"\d*\.\d*")
_OF_DATES = (exp.DateAdd, exp.DateSub, exp.DateTrunc, exp.TimestampTrunc)
_EXACT = (*exp.DataType.INTEGER_TYPES, exp.DataType.Type.DECIMAL)


def parsed(sql: str) -> exp.Expr:
    """Return the only statement of a text."""
    try:
        found = [tree for tree in parse(_numbered(sql), dialect=DIALECT) if tree is not None]
    except (ParseError, TokenError) as error:
        raise QueryFailed(f"SYNTAX_ERROR: {str(error).splitlines()[0]}") from error
    if len(found) != 1:
        raise QueryFailed(f"Only one sql statement is allowed. Got: {len(found)} statements")
    return found[0]


def with_parameters(tree: exp.Expr, values: Sequence[str]) -> exp.Expr:
    """Replace each `?` by the literal in its place. Source: "Use parameterized queries"."""
    found = (node for node in tree.find_all(exp.Placeholder) if node.name.startswith(_PARAMETER))
    places = sorted(found, key=lambda node: int(node.name.removeprefix(_PARAMETER)))
    if len(places) != len(values):
        raise QueryFailed(
            f"Incorrect number of parameters: expected {len(places)} but found {len(values)}"
        )
    for place, value in zip(places, values, strict=True):
        place.replace(_literal(value))
    return tree


def _literal(value: str) -> exp.Expr:
    """Return the value of an execution parameter, which reads neither a column nor a table."""
    tree = parsed(f"SELECT {value}")
    clauses = [name for name, given in tree.args.items() if given]
    literal: exp.Expr | None = tree.expressions[0] if clauses == ["expressions"] else None
    if (
        literal is None
        or len(tree.expressions) > 1
        or literal.find(exp.Alias, exp.Column, exp.Placeholder, exp.Query)
    ):
        raise QueryFailed(f"the execution parameter {value!r} is not a literal")
    return literal


def _numbered(sql: str) -> str:
    """Replace each `?` by a named parameter: a tree does not have the order of its text."""
    places = [
        token.start
        for token in tokenize(sql, dialect=DIALECT)
        if token.token_type == TokenType.PLACEHOLDER
    ]
    for number, place in reversed(list(enumerate(places))):
        sql = f"{sql[:place]}:{_PARAMETER}{number}{sql[place + 1 :]}"
    return sql


def tables_of(tree: exp.Query, database: str) -> dict[Relation, None]:
    """Return the tables of the catalogue that a query reads, in their order."""
    found: dict[Relation, None] = {}
    for scope in traverse_scope(tree):
        for table in scope.sources.values():
            if isinstance(table, exp.Table):
                found[relation_of(table, database)] = None
    return found


def relation_of(table: exp.Table, database: str) -> Relation:
    """Return the database and the name of a table or view. Raises QueryFailed for another catalog.

    `database` is that of a name without one.
    """
    if not isinstance(table.this, exp.Identifier):
        raise unsupported(f"the table function {table.this.sql(DIALECT)}")
    if table.catalog and table.catalog.lower() != CATALOG:
        raise unsupported(f"the data catalog {table.catalog}")
    return (table.db or database).lower(), table.name.lower()


def to_duckdb(tree: exp.Query, database: str, schema: Schema) -> str:
    """Return the query in the dialect of DuckDB, with the names of Trino for its columns."""
    _check_functions(tree)
    for table in tree.find_all(exp.Table):
        table.set("catalog", None)
    _mark_unnamed(tree)
    try:
        qualified = qualify(
            tree.transform(_with_decimal_literals),
            dialect=DIALECT,
            db=database or None,
            schema=schema,
            quote_identifiers=True,
        )
        typed = annotate_types(qualified, schema=schema, dialect=DIALECT)
    except OptimizeError as error:
        raise QueryFailed(f"COLUMN_NOT_FOUND: {str(error).splitlines()[0]}") from error
    assert isinstance(typed, exp.Query)  # qualify returns the kind of tree that it was given
    _name_columns(typed)
    _give_trino_values(typed)
    return typed.sql("duckdb")


def _mark_unnamed(tree: exp.Query) -> None:
    """Name the columns that have no name of their own, so that qualify does not choose one."""
    for number, column in enumerate(tree.selects):
        if not isinstance(column, (exp.Alias, exp.Column, exp.Dot, exp.Star)):
            column.replace(exp.alias_(column.copy(), f"{_UNNAMED} {number}"))


def _name_columns(tree: exp.Query) -> None:
    """Name the marked columns by their place: _col0, _col1. ORDER BY may refer to them."""
    names = {
        column.alias: f"_col{place}"
        for place, column in enumerate(tree.selects)
        if column.alias.startswith(_UNNAMED)
    }
    for identifier in tree.find_all(exp.Identifier):
        identifier.set("this", names.get(identifier.this, identifier.this))


def _with_decimal_literals(node: exp.Expr) -> exp.Expr:
    """Give a literal such as 1.50 its type, DECIMAL(3,2). 15e-1 is a double."""
    if not isinstance(node, exp.Literal) or node.is_string or not _DECIMAL.fullmatch(node.name):
        return node
    whole, _, fraction = node.name.partition(".")
    digits = len(whole.lstrip("0") + fraction) or 1
    return exp.cast(node.copy(), f"DECIMAL({digits}, {len(fraction)})")


def _check_functions(tree: exp.Query) -> None:
    for call in tree.find_all(exp.Anonymous, exp.AnonymousAggFunc, *_OTHER_MEANING):
        name = call.name if isinstance(call, exp.Anonymous) else call.sql_name().lower()
        raise unsupported(f"the function {name}")


def _give_trino_values(tree: exp.Query) -> None:
    """Replace expressions whose values and errors differ, the inner ones first."""
    for node in reversed(list(tree.walk())):
        value = _with_trino_values(node)
        if value is not node:
            value.type = value.args.get("to") or node.type
            node.replace(value)


def _with_trino_values(node: exp.Expr) -> exp.Expr:
    """Return an expression whose value has the type and the errors of Trino."""
    if isinstance(node, (*_OF_DATES, exp.Add, exp.Sub)) and node.this.is_type("date"):
        is_time = isinstance(node, _OF_DATES) or node.find(exp.Interval)
        return exp.cast(node.copy(), "DATE") if is_time else node
    if isinstance(node, exp.Cast) and node.to.is_type(*exp.DataType.INTEGER_TYPES):
        return _with_rounding(node)
    return _with_trino_numbers(node)


def _with_rounding(node: exp.Cast) -> exp.Expr:
    """Round 2.5 to 3, as Trino (DoubleOperators.java). DuckDB rounds to the next even number."""
    if not node.this.is_type(*exp.DataType.FLOAT_TYPES):
        return node
    rounded = node.copy()
    rounded.set("this", exp.Round(this=node.this.copy()))
    return rounded


def _with_trino_numbers(node: exp.Expr) -> exp.Expr:
    """Divide as Trino: integers reject zero. The average of decimals is a decimal."""
    if isinstance(node, exp.Avg) and node.this.is_type(exp.DataType.Type.DECIMAL):
        return exp.cast(node.copy(), node.this.type, copy=False) if _sized(node.this) else node
    if not isinstance(node, (exp.Div, exp.Mod)):
        return node
    left, right = node.left, node.right
    if not (left.is_type(*_EXACT) and right.is_type(*_EXACT)):
        return node
    if isinstance(node, exp.Div) and not _integers(left, right):
        division = unsupported(f"the division of decimals {node.sql(DIALECT)}")
        raise QueryFailed(f"{division}: cast one of them to double")
    divided = exp.IntDiv(this=left.copy(), expression=right.copy())
    value = divided if isinstance(node, exp.Div) else node.copy()
    if isinstance(right, exp.Literal) and right.name != "0":
        return value
    zero = exp.func("error", exp.Literal.string("DIVISION_BY_ZERO: Division by zero"))
    return exp.case().when(right.copy().eq(0), zero).else_(value)


def _sized(node: exp.Expr) -> bool:
    return bool(node.type and node.type.expressions)


def _integers(*nodes: exp.Expr) -> bool:
    return all(node.is_type(*exp.DataType.INTEGER_TYPES) for node in nodes)
