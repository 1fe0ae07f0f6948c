"""Translates LIKE, SIMILAR TO and the POSIX operators.

Sources: pages LIKE, "SIMILAR TO" and "POSIX operators". The trailing blanks of a CHAR are included.
"""

from __future__ import annotations

from sqlglot import exp

from local_cloud.redshift.redshift_types import BOOL
from local_cloud.redshift.sql.conversions import as_text, padded
from local_cloud.redshift.sql.node_types import quoted_text
from local_cloud.redshift.sql.templates import filled, literal
from local_cloud.redshift.statement_errors import StatementFailed

_ESCAPE = "\\"
_UPPER = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
# ILIKE ignores the case of ASCII letters only.
_ASCII_LOWER = f"translate({{%d}}, '{_UPPER}', '{_UPPER.lower()}')"


def like(node: exp.Expr, escape: str | None) -> exp.Expr:
    """Translate x LIKE pattern or x ILIKE pattern."""
    sign = _ESCAPE if escape is None else escape
    if len(sign) != 1:
        raise StatementFailed("ERROR: invalid escape string. Escape string must be one character.")
    value, pattern = padded(as_text(node.this)), as_text(node.expression)
    ending = f"ESCAPE {literal(sign)}"
    if isinstance(node, exp.Like):
        return filled(f"({{0}} LIKE {{1}} {ending})", value, pattern, of=BOOL)
    text = quoted_text(node.expression)
    if text is not None and text.isascii():
        return filled(f"({{0}} ILIKE {{1}} {ending})", value, pattern, of=BOOL)
    folded = f"({_ASCII_LOWER % 0} LIKE {_ASCII_LOWER % 1} {ending})"
    return filled(folded, value, pattern, of=BOOL)


def similar(node: exp.Expr, escape: str | None) -> exp.Expr:
    """Translate x SIMILAR TO pattern: the whole text must match."""
    sign = _ESCAPE if escape is None else escape
    value = padded(as_text(node.this))
    text = quoted_text(node.expression)
    if text is not None:
        expression = literal(similar_expression(text, sign))
        return filled(f"regexp_full_match({{0}}, {expression}, 's')", value, of=BOOL)
    call = f"regexp_full_match({{0}}, redshift_similar({{1}}, {literal(sign)}), 's')"
    return filled(call, value, as_text(node.expression), of=BOOL)


def posix(node: exp.Expr) -> exp.Expr:
    """Translate x ~ pattern or x ~* pattern: a part of the text must match."""
    flags = "'i'" if isinstance(node, exp.RegexpILike) else "''"
    value, pattern = padded(as_text(node.this)), as_text(node.expression)
    return filled(f"regexp_matches({{0}}, {{1}}, {flags})", value, pattern, of=BOOL)


def similar_expression(pattern: str, escape: str) -> str:
    """Return the regular expression for a pattern of SIMILAR TO.

    `%` and `_` are wildcards. `| * + ? {} () []` have the same meaning as in POSIX. All other
    characters are literal.
    """
    found, place, in_class = "", 0, False
    while place < len(pattern):
        sign = pattern[place]
        place += 1
        if sign == escape and place < len(pattern):
            found += _plain(pattern[place])
            place += 1
        elif in_class:
            in_class = sign != "]"
            found += "\\\\" if sign == "\\" else sign
        elif sign == "[":
            in_class = True
            found += sign
        elif sign in "%_":
            found += ".*" if sign == "%" else "."
        elif sign in "|*+?{}()":
            found += sign
        else:
            found += _plain(sign)
    return found


def _plain(sign: str) -> str:
    return sign if sign.isalnum() or sign in "_ " or not sign.isascii() else f"\\{sign}"
