"""Splits SQL text into its statements (standard library only).

A statement ends at a semicolon outside quotes, comments and dollar quotes. Comments are removed.
The rules are those of Redshift: a backslash in '…' escapes the next character, a doubled quote is a
quote character, and comments /* … */ separate words and may be nested.
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
# What replaces a comment; the line break after -- stays.
_COMMENTS = {"--": "", "/*": " "}
_COMMENT_EDGE = re.compile(r"/\*|\*/")


class StatementError(WarehouseError):
    """The text does not contain the expected statements; the message says where."""


def split_statements(sql: str) -> list[str]:
    """Return the statements of `sql` in order, without comments and final semicolons.

    Raises:
        StatementError: a quote, a comment or the last statement is not closed.
    """
    *statements, (last, line) = _split(sql)
    if last:
        raise StatementError(f"line {line}: the last statement has no final semicolon: add one")
    return [statement for statement, _ in statements if statement]


def only_statement(sql: str) -> str:
    """Return the only statement of `sql`, without comments and with or without final semicolon.

    Raises:
        StatementError: a quote or a comment is not closed, or `sql` has no or several statements.
    """
    statements = [(text, line) for text, line in _split(sql) if text]
    if not statements:
        raise StatementError("there is no statement: write one")
    if len(statements) > 1:
        raise StatementError(
            f"line {statements[1][1]}: a second statement begins here, expected one: remove it"
        )
    return statements[0][0]


def _split(sql: str) -> Iterator[tuple[str, int]]:
    """Yield each text that ends at a semicolon or at the end of `sql`, with its first line."""
    current, start = "", 1
    for part, line in _parts(sql):
        if part == ";":
            yield current.strip(), start
            current = ""
            continue
        start = start if current.strip() else line
        current += part
    yield current.strip(), start


def _parts(sql: str) -> Iterator[tuple[str, int]]:
    """Yield code, quotes and semicolons with the line of each. A space replaces /* … */."""
    position = 0
    while mark := _MARK.search(sql, position):
        yield sql[position : mark.start()], _line(sql, position)
        position = mark.end() if mark[0] == ";" else _end(sql, mark)
        yield _COMMENTS.get(mark[0], sql[mark.start() : position]), _line(sql, mark.start())
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
