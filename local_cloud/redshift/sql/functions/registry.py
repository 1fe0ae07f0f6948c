"""Definitions of SQL functions: name, arguments, type and DuckDB's SQL.

Each chapter of the SQL reference is a module of this package with the list `FUNCTIONS`. No other
functions exist: a statement cannot call DuckDB's own functions.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from enum import Enum

from sqlglot import exp

from local_cloud.redshift.redshift_types import RedshiftType
from local_cloud.redshift.sql.translation_context import TranslationContext

Types = list[RedshiftType | None]


class Kind(Enum):
    """The kinds of arguments. The values describe the accepted types and the conversion."""

    ANY = "any value, as it is"
    TEXT = "text; numbers and dates are converted"
    INTEGER = "whole number"
    NUMBER = "number, as it is"
    FLOAT = "number, converted to DOUBLE PRECISION"
    BOOLEAN = "boolean"
    DATE = "date; a timestamp loses its time"
    TIMESTAMP = "timestamp; a date has its midnight"
    TIMESTAMPTZ = "timestamp with time zone"
    TIME = "time"
    INTERVAL = "interval"
    BYTES = "VARBYTE"
    PART = "date part: a bare word or a text"
    CONSTANT = "text that is written in the statement"


class Shape(Enum):
    """The kinds of functions."""

    SCALAR = "scalar"
    AGGREGATE = "aggregate"
    WINDOW = "window"


@dataclass(frozen=True)
class Arguments:
    """The converted arguments of a call, and their types before the conversion."""

    nodes: list[exp.Expr]
    types: Types
    context: TranslationContext


Sql = str | Callable[[Arguments], exp.Expr]
Returns = RedshiftType | Callable[[Types], RedshiftType | None]


@dataclass(frozen=True)
class Function:
    """One overload of a function.

    `sql` is DuckDB's SQL with `{0}`, `{1}`, … for the arguments, or a function that returns an
    expression. `wrapper` is the text around an aggregate with its OVER clause. The last argument of
    a `variadic` function may be repeated. A query with a `compute_only` function must read a table;
    a query with a `leader_only` function must not (pages "Compute node-only functions" and "Leader
    node-only functions").
    """

    name: str
    arguments: tuple[Kind, ...]
    returns: Returns
    sql: Sql
    shape: Shape = Shape.SCALAR
    wrapper: str = "{0}"
    variadic: bool = False
    compute_only: bool = False
    leader_only: bool = False

    def kind(self, number: int) -> Kind:
        """Return the kind of the argument with this index, from 0."""
        return self.arguments[min(number, len(self.arguments) - 1)]

    def takes(self, types: Types) -> bool:
        """Return whether the function accepts arguments of these types."""
        least = len(self.arguments)
        if len(types) < least or (len(types) > least and not self.variadic):
            return False
        return all(accepts(self.kind(number), of) for number, of in enumerate(types))

    def type_of(self, types: Types) -> RedshiftType | None:
        """Return the type of the value for arguments of these types."""
        return self.returns(types) if callable(self.returns) else self.returns


def scalar(
    name: str,
    *arguments: Kind,
    returns: Returns,
    sql: Sql,
    variadic: bool = False,
    leader_only: bool = False,
) -> Function:
    """Define a scalar function."""
    return Function(name, arguments, returns, sql, variadic=variadic, leader_only=leader_only)


def aggregate(
    name: str,
    *arguments: Kind,
    returns: Returns,
    sql: Sql,
    wrapper: str = "{0}",
    compute_only: bool = False,
) -> Function:
    """Define an aggregate function, which can also have OVER."""
    return Function(
        name,
        arguments,
        returns,
        sql,
        shape=Shape.AGGREGATE,
        wrapper=wrapper,
        compute_only=compute_only,
    )


def window(name: str, *arguments: Kind, returns: Returns, sql: Sql) -> Function:
    """Define a window function, which requires OVER."""
    return Function(name, arguments, returns, sql, shape=Shape.WINDOW)


def renamed(name: str, functions: tuple[Function, ...], of: str) -> tuple[Function, ...]:
    """Return the overloads of a synonym, for instance CHARINDEX for STRPOS."""
    return tuple(replace(f, name=name) for f in functions if f.name == of)


def same(types: Types) -> RedshiftType | None:
    """Return the type of the first argument."""
    return types[0]


_ACCEPTED: dict[Kind, Callable[[RedshiftType], bool]] = {
    Kind.ANY: lambda _: True,
    Kind.TEXT: lambda of: of.name not in ("bool", "varbyte", "interval"),
    Kind.INTEGER: lambda of: of.is_integer,
    Kind.NUMBER: lambda of: of.is_number,
    Kind.FLOAT: lambda of: of.is_number,
    Kind.BOOLEAN: lambda of: of.name == "bool",
    Kind.DATE: lambda of: of.is_datetime,
    Kind.TIMESTAMP: lambda of: of.is_datetime,
    Kind.TIMESTAMPTZ: lambda of: of.is_datetime,
    Kind.TIME: lambda of: of.name == "time",
    Kind.INTERVAL: lambda of: of.name == "interval",
    Kind.BYTES: lambda of: of.name == "varbyte",
    Kind.PART: lambda of: of.is_text,
    Kind.CONSTANT: lambda of: of.is_text,
}


def accepts(kind: Kind, of: RedshiftType | None) -> bool:
    """Return whether an argument of this kind may have this type. None (unknown) is accepted."""
    return of is None or _ACCEPTED[kind](of)
