"""Conditional expressions with the syntax of functions. CASE is in `translate`."""

from __future__ import annotations

from functools import reduce

from sqlglot import exp

from local_cloud.redshift.declared_types import data_type
from local_cloud.redshift.redshift_types import VARCHAR, RedshiftType
from local_cloud.redshift.sql.comparisons import equal
from local_cloud.redshift.sql.conversions import converted
from local_cloud.redshift.sql.functions.registry import Arguments, Function, Kind, Types, scalar
from local_cloud.redshift.sql.node_types import node_type
from local_cloud.redshift.sql.numeric_types import common
from local_cloud.redshift.sql.templates import filled


def _common(types: Types) -> RedshiftType | None:
    return reduce(common, types) or VARCHAR


def _unified(nodes: list[exp.Expr], of: RedshiftType | None) -> list[exp.Expr]:
    return [converted(node, of) for node in nodes] if of is not None else nodes


def _list(name: str, arguments: Arguments) -> exp.Expr:
    of = reduce(common, arguments.types)
    nodes = _unified(arguments.nodes, of)
    places = ", ".join(f"{{{number}}}" for number in range(len(nodes)))
    return filled(f"{name}({places})", *nodes, of=of)


def _nvl2_type(types: Types) -> RedshiftType | None:
    _, given, missing = types
    return common(given, missing) or given or missing or VARCHAR


def _nvl2(arguments: Arguments) -> exp.Expr:
    tested, *values = arguments.nodes
    given, missing = _unified(values, _nvl2_type(arguments.types))
    return filled("CASE WHEN {0} IS NOT NULL THEN {1} ELSE {2} END", tested, given, missing)


def _decode_parts(nodes: list[exp.Expr]) -> tuple[list[exp.Expr], list[exp.Expr]]:
    """Return the search values, and the results. A default, if any, is the last result."""
    rest = nodes[1:]
    searched, results = rest[0::2], rest[1::2]
    if len(rest) % 2:
        return searched[:-1], [*results, searched[-1]]
    return searched, results


def _decode_type(types: Types) -> RedshiftType | None:
    rest = types[1:]
    results = rest[1::2] + (rest[-1:] if len(rest) % 2 else [])
    return reduce(common, results) or VARCHAR


def _decode(arguments: Arguments) -> exp.Expr:
    """Translate DECODE. Unlike in CASE, a search value NULL matches NULL."""
    value = arguments.nodes[0]
    searched, results = _decode_parts(arguments.nodes)
    results = _unified(results, _decode_type(arguments.types))
    branches = [
        exp.If(this=_found(value, one), true=result)
        for one, result in zip(searched, results, strict=False)
    ]
    default = results[len(searched)] if len(results) > len(searched) else None
    return exp.Case(ifs=branches, default=default)


def _found(value: exp.Expr, one: exp.Expr) -> exp.Expr:
    if isinstance(one.unnest(), exp.Null):
        return filled("{0} IS NULL", value.copy())
    same = equal(value.copy(), one)
    if node_type(one) is None or one.find(exp.Column) is None:
        return same
    return filled("({0} OR ({1} IS NULL AND {2} IS NULL))", same, value.copy(), one.copy())


def _nullif(arguments: Arguments) -> exp.Expr:
    first, second = arguments.nodes
    of = node_type(first)
    result = filled(
        "CASE WHEN {0} THEN NULL ELSE {1} END", equal(first.copy(), second), first.copy()
    )
    if of is not None:
        result.type = data_type(of)
    return result


ANY = Kind.ANY
FUNCTIONS: tuple[Function, ...] = (
    *(
        scalar(name, ANY, returns=_common, sql=lambda a: _list("coalesce", a), variadic=True)
        for name in ("coalesce", "nvl", "isnull")
    ),
    scalar("greatest", ANY, returns=_common, sql=lambda a: _list("greatest", a), variadic=True),
    scalar("least", ANY, returns=_common, sql=lambda a: _list("least", a), variadic=True),
    scalar("nvl2", ANY, ANY, ANY, returns=_nvl2_type, sql=_nvl2),
    scalar("decode", ANY, ANY, ANY, returns=_decode_type, sql=_decode, variadic=True),
    scalar("nullif", ANY, ANY, returns=lambda types: types[0] or types[1], sql=_nullif),
)
