"""REGEXP_COUNT, REGEXP_INSTR, REGEXP_REPLACE and REGEXP_SUBSTR.

The POSIX dialect uses DuckDB's RE2. The Perl dialect (parameter `p`) uses Python's `re`, which
supports look-ahead.
"""

from __future__ import annotations

from sqlglot import exp

from local_cloud.redshift.redshift_types import INT4, RedshiftType, varchar
from local_cloud.redshift.sql.functions.registry import Arguments, Function, Kind, scalar
from local_cloud.redshift.sql.node_types import quoted_text
from local_cloud.redshift.sql.templates import filled, literal
from local_cloud.redshift.statement_errors import StatementFailed, refused

_TEXT = varchar(65535)
_KNOWN = "ciep"


def _parameters(arguments: Arguments, place: int) -> str:
    """Return the letters of the argument `parameters`: c, i, e, p."""
    if len(arguments.nodes) <= place:
        return ""
    letters = quoted_text(arguments.nodes[place])
    if letters is None:
        raise refused("a parameters argument of REGEXP functions that is not a constant")
    if wrong := set(letters) - set(_KNOWN):
        raise StatementFailed(f'ERROR: invalid regular expression parameter: "{min(wrong)}"')
    return letters


def _number(arguments: Arguments, place: int, default: int) -> exp.Expr:
    if len(arguments.nodes) > place:
        return arguments.nodes[place]
    return exp.Literal.number(default)


def _flags(letters: str) -> str:
    return literal("i" if "i" in letters else "")


def _from(position: int) -> str:
    """Return SQL for the part of the text that starts at a position."""
    return f"substring({{0}}, CASE WHEN {{{position}}} < 1 THEN 1 ELSE {{{position}}} END)"


def _count(arguments: Arguments) -> exp.Expr:
    letters = _parameters(arguments, 3)
    operands = (*arguments.nodes[:2], _number(arguments, 2, 1))
    if "p" in letters:
        return filled(f"redshift_perl_count({{0}}, {{1}}, {{2}}, {_flags(letters)})", *operands)
    found = f"regexp_extract_all({_from(2)}, {{1}}, 0, {_flags(letters)})"
    return filled(f"CAST(len({found}) AS INTEGER)", *operands)


def _substring(arguments: Arguments) -> exp.Expr:
    letters = _parameters(arguments, 4)
    operands = (*arguments.nodes[:2], _number(arguments, 2, 1), _number(arguments, 3, 1))
    group = int("e" in letters and _has_group(arguments.nodes[1]))
    if "p" in letters:
        call = f"redshift_perl_substr({{0}}, {{1}}, {{2}}, {{3}}, {_flags(letters)}, {group})"
        return filled(call, *operands)
    found = f"regexp_extract_all({_from(2)}, {{1}}, {group}, {_flags(letters)})"
    picked = f"CASE WHEN {{3}} >= 1 THEN coalesce({found}[{{3}}], '') END"
    return filled(f"CASE WHEN {{0}} IS NOT NULL AND {{1}} IS NOT NULL THEN {picked} END", *operands)


def _has_group(pattern: exp.Expr) -> bool:
    return "(" in (quoted_text(pattern) or "(")


def _place(arguments: Arguments) -> exp.Expr:
    letters = _parameters(arguments, 5)
    operands = (
        *arguments.nodes[:2],
        *(_number(arguments, 2, 1), _number(arguments, 3, 1), _number(arguments, 4, 0)),
    )
    if "p" in letters:
        call = f"redshift_perl_instr({{0}}, {{1}}, {{2}}, {{3}}, {{4}}, {_flags(letters)})"
        return filled(call, *operands)
    if "e" in letters:
        raise refused("the parameter e of REGEXP_INSTR")
    pattern = "'(?i)' || {1}" if "i" in letters else "{1}"
    text = _from(2)
    matches = f"regexp_extract_all({text}, {pattern})"
    before = f"string_split_regex({text}, {pattern})[1:{{3}}]"
    lengths = "coalesce(list_sum(list_transform({list}, lambda part: length(part))), 0)"
    start = (
        f"{lengths.replace('{list}', before)} "
        f"+ {lengths.replace('{list}', f'{matches}[1:{{3}} - 1]')} "
        "+ CASE WHEN {2} < 1 THEN 1 ELSE {2} END"
    )
    end = f"CASE WHEN {{4}} <> 0 THEN length({matches}[{{3}}]) ELSE 0 END"
    return filled(
        f"CASE WHEN {{3}} BETWEEN 1 AND len({matches}) THEN CAST({start} + {end} AS INTEGER) "
        f"WHEN {{0}} IS NOT NULL AND {{1}} IS NOT NULL THEN 0 END",
        *operands,
    )


def _replace(arguments: Arguments) -> exp.Expr:
    letters = _parameters(arguments, 4)
    replacement = arguments.nodes[2] if len(arguments.nodes) > 2 else exp.Literal.string("")
    operands = (*arguments.nodes[:2], replacement, _number(arguments, 3, 1))
    if "p" in letters:
        call = f"redshift_perl_replace({{0}}, {{1}}, {{2}}, {{3}}, {_flags(letters)})"
        return filled(call, *operands)
    flags = literal("gi" if "i" in letters else "g")
    if len(arguments.nodes) <= 3:
        return filled(f"regexp_replace({{0}}, {{1}}, {{2}}, {flags})", *operands)
    return filled(
        f"left({{0}}, greatest({{3}} - 1, 0)) || regexp_replace({_from(3)}, {{1}}, {{2}}, {flags})",
        *operands,
    )


T, N, C = Kind.TEXT, Kind.INTEGER, Kind.CONSTANT


def _overloads(
    name: str, least: int, arguments: tuple[Kind, ...], returns: RedshiftType, sql: object
) -> tuple[Function, ...]:
    """Return one overload for each number of optional arguments."""
    return tuple(
        scalar(name, *arguments[:count], returns=returns, sql=sql)  # type: ignore[arg-type]
        for count in range(least, len(arguments) + 1)
    )


FUNCTIONS: tuple[Function, ...] = (
    *_overloads("regexp_count", 2, (T, T, N, C), INT4, _count),
    *_overloads("regexp_instr", 2, (T, T, N, N, N, C), INT4, _place),
    *_overloads("regexp_replace", 2, (T, T, T, N, C), _TEXT, _replace),
    *_overloads("regexp_substr", 2, (T, T, N, N, C), _TEXT, _substring),
)
