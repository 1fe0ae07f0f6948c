"""Function calls in a tree: finds the called function and its arguments."""

from __future__ import annotations

from sqlglot import exp

from local_cloud.redshift.redshift_types import RedshiftType
from local_cloud.redshift.sql.dialect import FUNCTION_SCHEMA, Call
from local_cloud.redshift.sql.functions import functions
from local_cloud.redshift.sql.functions.registry import Function, Types
from local_cloud.redshift.sql.functions.unavailable import is_unavailable
from local_cloud.redshift.sql.node_types import node_type
from local_cloud.redshift.statement_errors import StatementFailed, refused

# The metadata of a call of a model's function: its `Function`.
MODEL_FUNCTION = "model_function"


def arguments(call: Call) -> list[exp.Expr]:
    """Return the arguments of a call. DISTINCT, IGNORE NULLS and * are not arguments."""
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
    """Return whether a call contains DISTINCT."""
    return any(isinstance(argument, exp.Distinct) for argument in call.expressions)


def argument_types(call: Call) -> Types:
    """Return the types of a call's arguments."""
    return [node_type(argument) for argument in arguments(call)]


def function_of(call: Call) -> Function | None:
    """Return the first overload that accepts the arguments of a call; None if no overload does."""
    types = argument_types(call)
    return next((f for f in _overloads(call) if f.takes(types)), None)


def _overloads(call: Call) -> tuple[Function, ...]:
    """Return the function of a model, or the built-in functions, which have no schema."""
    if MODEL_FUNCTION in call.meta:
        return (call.meta[MODEL_FUNCTION],)
    return () if FUNCTION_SCHEMA in call.meta else functions().get(call.name, ())


def required_function(call: Call) -> Function:
    """Return the overload for a call. Raises StatementFailed if no overload matches."""
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
    """Return the type of a call's value; None for an unknown function."""
    function = function_of(call)
    return function.type_of(argument_types(call)) if function is not None else None
