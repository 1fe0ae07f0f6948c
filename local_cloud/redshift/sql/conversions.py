"""Translates conversions between data types, explicit (CAST) and implicit.

Sources: pages "Type compatibility and conversion", "Character types", "Numeric types" and CAST.
"""

from __future__ import annotations

from collections.abc import Callable

from sqlglot import exp

from local_cloud.redshift.redshift_types import VARCHAR, RedshiftType
from local_cloud.redshift.sql.literals import literal_value, text_value
from local_cloud.redshift.sql.node_types import is_untyped, node_type, quoted_text
from local_cloud.redshift.sql.templates import filled, literal
from local_cloud.redshift.statement_errors import StatementFailed

# Text of a double has 15 significant digits, text of a real has 6 (extra_float_digits is 0).
_FLOAT_TEXT = "replace(replace(format('{{:.%dg}}', {0}), 'inf', 'Infinity'), 'nan', 'NaN')"
NOT_ASCII = "CHAR string contains invalid ASCII character"
_DAY = r"\d{{4}}-\d{{2}}-\d{{2}}"
_SECOND = _DAY + r" \d{{2}}:\d{{2}}:\d{{2}}(\.\d{{1,6}})?"
_WHOLE = r"'\s*[+-]?\d+\s*'"
# The SQLSTATE class of errors for invalid values of a type.
_DATA_EXCEPTION = "22"


def converted(node: exp.Expr, to: RedshiftType) -> exp.Expr:
    """Convert implicitly to another type. Raises StatementFailed if Redshift does not."""
    text = quoted_text(node)
    if text is not None:
        return literal_value(text, to)
    of = node_type(node)
    if of is None:
        return _untyped(node, to)
    if of == to or (of.name == to.name and of.name != "numeric"):
        return node
    if of.is_text and to.is_text:
        return filled("{0}", node, of=to)
    return _between(node, of, to)


def cast(node: exp.Expr, to: RedshiftType) -> exp.Expr:
    """Convert explicitly (CAST). Unlike in `converted`, text is cut to the length of the type."""
    of = node_type(node)
    if of is None and not is_untyped(node):
        return filled(f"CAST({{0}} AS {to.storage})", node, of=to)
    if of is not None and of.name == "numeric" and to.name == "numeric" and _cuts(node, of, to):
        return filled(f"CAST(trunc({{0}}, {to.scale}) AS {to.storage})", node, of=to)
    if not to.is_text:
        return converted(node, to)
    text = quoted_text(node)
    if text is not None:
        return text_value(_cut(text, to), to)
    return _fitted(as_text(node), to)


def try_cast(node: exp.Expr, to: RedshiftType) -> exp.Expr:
    """Convert as `cast` does, with NULL for invalid values (TRY_CAST)."""
    of = node_type(node)
    if of is not None and of.is_text and not to.is_text:
        if to.name not in _FROM_TEXT:
            raise cannot_cast(of, to.words)
        return filled(_try_read(to), node, of=to)
    try:
        value = cast(node, to)
    except StatementFailed as failure:
        if not failure.sqlstate.startswith(_DATA_EXCEPTION):
            raise
        return filled(f"CAST(NULL AS {to.storage})", of=to)
    return value if to.is_text else filled("TRY({0})", value, of=to)


def _try_read(to: RedshiftType) -> str:
    """Return SQL that converts a text, with NULL for an invalid text."""
    if to.is_datetime or to.name == "time":
        return f"CAST(redshift_try_{to.name}({{0}}) AS {to.storage})"
    if to.is_integer:
        return (
            f"CASE WHEN regexp_full_match({{0}}, {_WHOLE}) THEN TRY_CAST({{0}} AS {to.storage}) END"
        )
    if to.name == "varbyte":
        return _FROM_TEXT["varbyte"](to)
    return f"TRY_CAST(trim({{0}}) AS {to.storage})"


def _cuts(node: exp.Expr, of: RedshiftType, to: RedshiftType) -> bool:
    """Return whether a cast truncates: values from tables are not rounded ("Numeric types")."""
    return to.scale < of.scale and node.find(exp.Column) is not None


def as_text(node: exp.Expr) -> exp.Expr:
    """Convert an expression to text. A quoted text is not changed."""
    of = node_type(node)
    if of is None or of.is_text:
        return node
    return _between(node, of, VARCHAR)


def padded(node: exp.Expr) -> exp.Expr:
    """Add the trailing blanks of a CHAR. Other expressions are not changed."""
    of = node_type(node)
    if of is None or of.name != "bpchar":
        return node
    return filled(f"rpad({{0}}, {of.precision}, ' ')", node, of=of)


def _fitted(node: exp.Expr, to: RedshiftType) -> exp.Expr:
    """Cut a text to the type's length in bytes. A CHAR must be ASCII; its blanks are removed."""
    width = to.precision
    if to.name == "bpchar":
        ascii_only = (
            f"CASE WHEN strlen({{0}}) <> length({{0}}) THEN error({literal(NOT_ASCII)}) "
            f"ELSE rtrim(left({{0}}, {width}), ' ') END"
        )
        return filled(ascii_only, node, of=to)
    cut = (
        f"CASE WHEN strlen({{0}}) <= {width} THEN {{0}} "
        f"WHEN strlen({{0}}) = length({{0}}) THEN left({{0}}, {width}) "
        f"ELSE redshift_cut({{0}}, {width}) END"
    )
    return filled(cut, node, of=to)


def _cut(text: str, to: RedshiftType) -> str:
    if to.name == "bpchar" and not text.isascii():
        raise StatementFailed(f"ERROR: {NOT_ASCII}")
    cut = cut_bytes(text, to.precision)
    return cut.rstrip(" ") if to.name == "bpchar" else cut


def cut_bytes(text: str, width: int) -> str:
    """Return the longest prefix of a text with at most `width` bytes in UTF-8."""
    return text.encode()[:width].decode(errors="ignore")


def _untyped(node: exp.Expr, to: RedshiftType) -> exp.Expr:
    """Convert a NULL, or a bound parameter as text. Other expressions are not changed."""
    inner = node.unnest()
    if isinstance(inner, exp.Null):
        return filled(f"CAST(NULL AS {to.storage})", of=to)
    if isinstance(inner, exp.Placeholder) and not to.is_text:
        return filled(_FROM_TEXT[to.name](to), node, of=to)
    return node


def cannot_cast(of: RedshiftType, to: str) -> StatementFailed:
    """Return the error for a conversion that Redshift does not have."""
    return StatementFailed(f"ERROR: cannot cast type {of.words} to {to}")


def _between(node: exp.Expr, of: RedshiftType, to: RedshiftType) -> exp.Expr:
    if of.is_text:
        if to.name not in _FROM_TEXT:
            raise cannot_cast(of, to.words)
        value = padded(node) if to.name == "varbyte" else node
        return filled(_FROM_TEXT[to.name](to), value, of=to)
    template = _to_text(of) if to.is_text else _template(of, to)
    if template is None:
        raise cannot_cast(of, to.words)
    return filled(template, node, of=to)


def _template(of: RedshiftType, to: RedshiftType) -> str | None:
    if to.name == "varbyte" and of.is_integer:
        digits = 2 * of.length
        return f"unhex(right(format('{{{{:016x}}}}', CAST({{0}} AS BIGINT)), {digits}))"
    if (of.name, to.name) in _PAIRS or (of.is_number and to.is_number):
        return f"CAST({{0}} AS {to.storage})"
    return None


_PAIRS = {
    *(("bool", name) for name in ("int2", "int4", "int8")),
    *((name, "bool") for name in ("int2", "int4", "int8")),
    *(("date", name) for name in ("timestamp", "timestamptz")),
    *(("timestamp", name) for name in ("date", "time", "timestamptz")),
    *(("timestamptz", name) for name in ("date", "time", "timestamp")),
    ("time", "interval"),
}


def _to_text(of: RedshiftType) -> str | None:
    if of.name == "bool":
        return None
    if of.is_float:
        return _FLOAT_TEXT % (15 if of.name == "float8" else 6)
    return "decode({0})" if of.name == "varbyte" else "CAST({0} AS TEXT)"


def _whole(to: RedshiftType) -> str:
    failure = "error('invalid input syntax for integer: \"' || {0} || '\"')"
    return (
        f"CASE WHEN regexp_full_match({{0}}, {_WHOLE}) "
        f"THEN CAST({{0}} AS {to.storage}) "
        f"WHEN {{0}} IS NOT NULL THEN CAST({failure} AS {to.storage}) END"
    )


def _read(to: RedshiftType, quick: str) -> str:
    """Return SQL that reads a date or time: by DuckDB if it matches `quick`, else in Python."""
    return (
        f"CASE WHEN regexp_full_match({{0}}, '{quick}') THEN CAST({{0}} AS {to.storage}) "
        f"ELSE CAST(redshift_{to.name}({{0}}) AS {to.storage}) END"
    )


# Type -> a function that returns DuckDB's SQL to convert a text to the type.
_FROM_TEXT: dict[str, Callable[[RedshiftType], str]] = {
    "int2": _whole,
    "int4": _whole,
    "int8": _whole,
    "numeric": lambda to: f"CAST({{0}} AS {to.storage})",
    "float4": lambda to: "CAST({0} AS REAL)",
    "float8": lambda to: "CAST({0} AS DOUBLE)",
    "bool": lambda to: "CAST(trim({0}) AS BOOLEAN)",
    "date": lambda to: _read(to, _DAY),
    "timestamp": lambda to: _read(to, _SECOND),
    "timestamptz": lambda to: _read(to, _SECOND + r"\+00"),
    "time": lambda to: _read(to, r"\d{{2}}:\d{{2}}:\d{{2}}"),
    "varbyte": lambda to: "encode({0})",
}
