"""Parses a statement, and rejects syntax that Redshift does not have."""

from __future__ import annotations

from sqlglot import exp
from sqlglot.optimizer.normalize_identifiers import normalize_identifiers

from local_cloud.redshift.error_messages import redshift_errors
from local_cloud.redshift.sql.constructs import check_constructs
from local_cloud.redshift.sql.dialect import DIALECT, FUNCTION_SCHEMA, Call
from local_cloud.redshift.statement_errors import StatementFailed


def parse(sql: str) -> exp.Expr:
    """Parse a statement into a tree. Raises StatementFailed for syntax that Redshift does not have.

    All names become lower case, as in Redshift, including quoted names.
    """
    with redshift_errors():
        tree: exp.Expr | None = DIALECT.parse(sql)[0]
    if tree is None:
        raise StatementFailed("ERROR: the statement is empty: expected one SQL statement")
    _read_function_schemas(tree)
    check_constructs(tree)
    folded: exp.Expr = normalize_identifiers(tree, dialect=DIALECT)
    return folded


def _read_function_schemas(tree: exp.Expr) -> None:
    """Replace schema.function(…), which only functions of models have, by a call."""
    for dot in list(tree.find_all(exp.Dot)):
        schema, function = dot.this, dot.expression
        if isinstance(schema, exp.Identifier) and isinstance(function, exp.Anonymous):
            found = Call(this=function.name.lower(), expressions=function.expressions)
            found.meta[FUNCTION_SCHEMA] = schema.name.lower()
            dot.replace(found)
