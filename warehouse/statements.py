"""Split a SQL text into its statements (standard library only).

A statement ends at a semicolon that is outside quotes, comments and dollar quotes; the last one
needs it too. Comments are left out. As Redshift does, a backslash in '…' escapes the character
after it, a doubled quote stands for itself, and /* … */ may be nested.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from warehouse.errors import WarehouseError

# What begins something in which a semicolon means nothing, or is a semicolon that ends.
_MARK = re.compile(r""";|'|"|--|/\*|(?<![\w$])\$(?:[^\W\d]\w*)?\$""")
_BODIES = {
    "'": re.compile(r"'(?:[^'\\]|\\.|'')*'", re.DOTALL),
    '"': re.compile(r'"(?:[^"]|"")*"'),
    "--": re.compile(r"--[^\n]*"),
}
_COMMENT_EDGE = re.compile(r"/\*|\*/")


class StatementError(WarehouseError):
    """The text ends inside a statement, a quote or a comment."""


def split(sql: str) -> list[str]:
    """The statements of `sql` in order, without comments and closing semicolons.

    Raises:
        StatementError: a quote, a comment or the last statement is not closed; names the line.
    """
    statements: list[str] = []
    current = ""
    start = 1
    for piece, line in _pieces(sql):
        if piece == ";":
            statements += [current.strip()] if current.strip() else []
            current = ""
            continue
        start = start if current.strip() else line
        current += piece
    if current.strip():
        raise StatementError(f"line {start}: the last statement has no semicolon; end it with one")
    return statements


def _pieces(sql: str) -> Iterator[tuple[str, int]]:
    """The text in pieces with the line of each: code, whole quotes, semicolons; no comments."""
    position = 0
    while mark := _MARK.search(sql, position):
        yield sql[position : mark.start()], _line(sql, position)
        position = mark.end() if mark[0] == ";" else _end(sql, mark)
        if not mark[0].startswith(("--", "/*")):
            yield sql[mark.start() : position], _line(sql, mark.start())
    yield sql[position:], _line(sql, position)


def _line(sql: str, position: int) -> int:
    spaces = len(sql[position:]) - len(sql[position:].lstrip())
    return sql.count("\n", 0, position + spaces) + 1


def _end(sql: str, mark: re.Match[str]) -> int:
    end = _end_of_comment(sql, mark.start()) if mark[0] == "/*" else _end_of_quote(sql, mark)
    if end < 0:
        raise StatementError(f"line {_line(sql, mark.start())}: {mark[0]} is not closed; close it")
    return end


def _end_of_quote(sql: str, mark: re.Match[str]) -> int:
    if mark[0].startswith("$"):
        close = sql.find(mark[0], mark.end())
        return close if close < 0 else close + len(mark[0])
    body = _BODIES[mark[0]].match(sql, mark.start())
    return body.end() if body else -1


def _end_of_comment(sql: str, start: int) -> int:
    depth = 0
    for edge in _COMMENT_EDGE.finditer(sql, start):
        depth += 1 if edge[0] == "/*" else -1
        if not depth:
            return edge.end()
    return -1
