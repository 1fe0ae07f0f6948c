"""Splits SQL text into its statements (standard library only).

A statement ends at a semicolon outside quotes, comments and dollar quotes. The last statement needs
a semicolon too. Comments are removed. The rules are those of Redshift: a backslash in '…' escapes
the next character, a doubled quote is a quote character, and comments /* … */ may be nested.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from warehouse import WarehouseError

# A semicolon, or the start of a quote or a comment (semicolons inside it end no statement).
_MARK = re.compile(r""";|'|"|--|/\*|(?<![\w$])\$(?:[^\W\d]\w*)?\$""")
_BODIES = {
    "'": re.compile(r"'(?:[^'\\]|\\.|'')*'", re.DOTALL),
    '"': re.compile(r'"(?:[^"]|"")*"'),
    "--": re.compile(r"--[^\n]*"),
}
_COMMENT_EDGE = re.compile(r"/\*|\*/")


class StatementError(WarehouseError):
    """The text ends inside a statement, a quote or a comment; the message names the line."""


def split_statements(sql: str) -> list[str]:
    """Return the statements of `sql` in order, without comments and final semicolons.

    Raises:
        StatementError: a quote, a comment or the last statement is not closed.
    """
    statements: list[str] = []
    current = ""
    start = 1
    for part, line in _parts(sql):
        if part == ";":
            statements += [current.strip()] if current.strip() else []
            current = ""
            continue
        start = start if current.strip() else line
        current += part
    if current.strip():
        raise StatementError(f"line {start}: the last statement has no final semicolon: add one")
    return statements


def _parts(sql: str) -> Iterator[tuple[str, int]]:
    """Yield code, quotes and semicolons with the line of each. Comments are skipped."""
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
        raise StatementError(f"line {_line(sql, mark.start())}: {mark[0]} is not closed: close it")
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
