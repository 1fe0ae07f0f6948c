"""Calls of functions in a tree: which function a call means, and its arguments."""

from __future__ import annotations

from sqlglot import exp

from local_cloud.redshift.redshift_types import RedshiftType
from local_cloud.redshift.sql.dialect import Call
from local_cloud.redshift.sql.functions import functions
from local_cloud.redshift.sql.functions.registry import Function, Types
from local_cloud.redshift.sql.functions.unavailable import is_unavailable
from local_cloud.redshift.sql.node_types import node_type
from local_cloud.redshift.statement_errors import StatementFailed, refused


def arguments(call: Call) -> list[exp.Expr]:
    """A call's arguments without DISTINCT, IGNORE NULLS and the star of COUNT(*)."""
    found: list[exp.Expr] = []
    for argument in call.expressions:
        if isinstance(argument, exp.Distinct):
            found.extend(argument.expressions)
        elif isinstance(argument, exp.IgnoreNulls | exp.RespectNulls):
            found.append(argument.this)
        elif not isinstance(argument, exp.Star):
            found.append(argument)
    return found


def is_distinct(call: Call) -> bool:
    """Whether a call has the word DISTINCT."""
    return any(isinstance(argument, exp.Distinct) for argument in call.expressions)


def argument_types(call: Call) -> Types:
    """The types of a call's arguments."""
    return [node_type(argument) for argument in arguments(call)]


def function_of(call: Call) -> Function | None:
    """The first overload that takes a call's arguments."""
    types = argument_types(call)
    return next((f for f in functions().get(call.name, ()) if f.takes(types)), None)


def required_function(call: Call) -> Function:
    """As `function_of`. Raises StatementFailed if it does not exist."""
    function = function_of(call)
    if function is not None:
        return function
    if is_unavailable(call.name):
        raise refused(f"function {call.name}()")
    given = ", ".join(_word(of) for of in argument_types(call))
    raise StatementFailed(f"ERROR: function {call.name}({given}) does not exist")


def _word(of: RedshiftType | None) -> str:
    return '"unknown"' if of is None else of.words


def call_type(call: Call) -> RedshiftType | None:
    """The type of a call's value; None where the function is not known."""
    function = function_of(call)
    return function.type_of(argument_types(call)) if function is not None else None
