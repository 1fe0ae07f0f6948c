"""Runs one Redshift statement in a session: the table of what starts with which word."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from sqlglot.tokens import Token

from local_cloud.redshift import queries
from local_cloud.redshift.dialect import parse, placeholders, tokens
from local_cloud.redshift.errors import StatementFailed, refused
from local_cloud.redshift.reader import Reader
from local_cloud.redshift.session import Outcome, Session

_Command = Callable[[Session, Reader], Outcome]
_COMMANDS: dict[tuple[str, ...], _Command] = {}
_READING = ("SELECT", "WITH", "(", "UNLOAD", "EXPLAIN", "SHOW", "SET", "RESET")


def run(session: Session, sql: str, parameters: Mapping[str, str]) -> Outcome:
    """Run one statement with the parameters that it uses, within the session's transaction."""
    words = tokens(sql)
    missing = placeholders(words) - parameters.keys()
    if missing:
        raise StatementFailed(
            f'ERROR: syntax error at or near ":": no value for parameter {", ".join(sorted(missing))}'
        )
    command = _command(words)
    if command is not None:
        return command(session, Reader(words, sql))
    tree = parse(sql)
    runner = queries.runner(tree)
    if runner is None:
        raise refused(f"statement {words[0].text.upper()}")
    used = {name: parameters[name] for name in placeholders(words)}
    return runner(session, tree, used)


def writes(sql: str) -> bool:
    """Whether a statement may change the database, and so must wait for other writers."""
    words = [word.text.upper() for word in tokens(sql)]
    return words[0] not in _READING or "INTO" in words


def _command(words: list[Token]) -> _Command | None:
    first = tuple(word.text.upper() for word in words[:3])
    for length in (3, 2, 1):
        if first[:length] in _COMMANDS:
            return _COMMANDS[first[:length]]
    return None
