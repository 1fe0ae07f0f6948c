"""What the warehouse says when a statement fails, in Redshift's words."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import duckdb
from sqlglot.errors import SqlglotError

from local_cloud.errors import LocalCloudError

CANCELLED = "ERROR: Query cancelled on user's request"


class StatementFailed(LocalCloudError):
    """A statement ended with an error; `message` is what the database says of it."""

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


def refused(what: str) -> StatementFailed:
    """The error of a feature that Redshift has and the laptop cloud does not."""
    return StatementFailed(f"ERROR: {what} is not supported by the laptop cloud's warehouse")


# DuckDB's sentence -> Redshift's. The first pattern that matches decides.
_SENTENCES: tuple[tuple[str, Callable[[re.Match[str]], str]], ...] = (
    (
        r"schema \"([^\"]+)\" does not exist|Schema with name \"?([^\s\"]+)\"? does not exist",
        lambda m: f'schema "{m[1] or m[2]}" does not exist',
    ),
    (r"Table with name \"?([^\s\"]+)\"? does not exist", lambda m: _missing_relation(m[1])),
    (r"View with name \"?([^\s\"]+)\"? does not exist", lambda m: _missing_relation(m[1])),
    (r"Table with name \"?([^\s\"]+)\"? already exists", lambda m: _existing_relation(m[1])),
    (r"View with name \"?([^\s\"]+)\"? already exists", lambda m: _existing_relation(m[1])),
    (
        r"Schema with name \"?([^\s\"]+)\"? already exists",
        lambda m: f'schema "{m[1]}" already exists',
    ),
    (r"Referenced column \"([^\"]+)\" not found", lambda m: f'column "{m[1]}" does not exist'),
    (r"Referenced table \"([^\"]+)\" not found", lambda m: _missing_from(m[1])),
    (
        r"does not have a column (?:named|with name) \"([^\"]+)\"",
        lambda m: f'column "{m[1]}" does not exist',
    ),
    (r"Ambiguous reference to column name \"([^\"]+)\"", lambda m: _ambiguous(m[1])),
    (r"column \"([^\"]+)\" must appear in the GROUP BY", lambda m: _ungrouped(m[1])),
    (
        r"NOT NULL constraint failed: \S+?\.(\S+)$",
        lambda m: f"Cannot insert a NULL value into column {m[1]}",
    ),
    (
        r"CHECK constraint failed .*<= (\d+)\)\)(?s:.*)",
        lambda m: f"value too long for type character varying({m[1]})",
    ),
    (r"Could not convert string '(.*)' to (\w+)", lambda m: _unreadable(m[1], m[2])),
    (
        r"Function with name \"?(\w+)\"? does not exist",
        lambda m: f"function {m[1]}() does not exist",
    ),
    (r"ivision by zero", lambda m: "division by zero"),
    (r"out of range for the destination type (\w+)", lambda m: f"{_word(m[1])} out of range"),
    (r"syntax error at or near (\S+)", lambda m: f"syntax error at or near {m[1]}"),
)

_TYPE_WORDS = {
    "INT16": "smallint",
    "INT32": "integer",
    "INT64": "bigint",
    "DOUBLE": "double precision",
    "FLOAT": "real",
    "BOOL": "boolean",
    "BOOLEAN": "boolean",
    "DECIMAL": "numeric",
}


def _word(duckdb_type: str) -> str:
    return _TYPE_WORDS.get(duckdb_type.upper(), duckdb_type.lower())


def _missing_relation(name: str) -> str:
    return f'relation "{name}" does not exist'


def _existing_relation(name: str) -> str:
    return f'Relation "{name}" already exists'


def _missing_from(name: str) -> str:
    return f'missing FROM-clause entry for table "{name}"'


def _ambiguous(name: str) -> str:
    return f'column reference "{name}" is ambiguous'


def _ungrouped(name: str) -> str:
    return f'column "{name}" must appear in the GROUP BY clause or be used in an aggregate function'


def _unreadable(value: str, duckdb_type: str) -> str:
    return f'invalid input syntax for type {_word(duckdb_type)}: "{value}"'


def redshift_message(message: str) -> str:
    """DuckDB's message as Redshift words it; its own first line where there is no such wording."""
    for pattern, sentence in _SENTENCES:
        if match := re.search(pattern, message.splitlines()[0]) or re.search(pattern, message):
            return f"ERROR: {sentence(match)}"
    return "ERROR: " + re.sub(r"^[A-Za-z ]+ Error: ", "", message.splitlines()[0])


@contextmanager
def redshift_errors() -> Iterator[None]:
    """Raise what DuckDB and sqlglot say as StatementFailed in Redshift's words."""
    try:
        yield
    except duckdb.InterruptException as error:
        raise StatementFailed(CANCELLED) from error
    except duckdb.Error as error:
        raise StatementFailed(redshift_message(str(error))) from error
    except SqlglotError as error:
        raise StatementFailed(f"ERROR: {syntax_message(error)}") from error
    except RecursionError as error:
        raise StatementFailed(
            "ERROR: stack depth limit exceeded: nest the statement less deeply"
        ) from error


def syntax_message(error: SqlglotError) -> str:
    """The word and the position at which the text stops being SQL."""
    found = getattr(error, "errors", None)
    if not found:
        return f"syntax error: {error}"
    first = found[0]
    near = first.get("highlight") or first.get("description")
    return f'syntax error at or near "{near}" at line {first.get("line")}, {first["description"]}'
