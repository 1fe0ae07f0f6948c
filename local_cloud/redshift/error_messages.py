"""Converts error messages of DuckDB and sqlglot to those of Redshift."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import duckdb
from sqlglot.errors import SqlglotError

from local_cloud.redshift.statement_errors import CANCELLED, StatementFailed


def resolution_error(message: str) -> StatementFailed:
    """Return the error for an unknown name, from the message of sqlglot."""
    if match := re.search(r"Unknown output column: (\d+)", message):
        return StatementFailed(
            f"ERROR: ORDER BY or GROUP BY position {match[1]} is not in select list"
        )
    if match := re.search(r"Unknown (?:output )?column: (\S+)|Column '?\"?([^'\"]+)", message):
        return StatementFailed(f'ERROR: column "{match[1] or match[2]}" does not exist')
    if match := re.search(r"Unknown table: \"?([^\"\s]+)|Cannot find.* '(\S+)'", message):
        return StatementFailed(f"ERROR: {_missing_from(match[1] or match[2])}")
    if match := re.search(r"[Aa]mbiguous.*?: ?(\S+)", message):
        return StatementFailed(f"ERROR: {_ambiguous(match[1])}")
    if match := re.search(r"Alias already used: (\S+)", message):
        return StatementFailed(f'ERROR: table name "{match[1]}" specified more than once')
    return StatementFailed(f"ERROR: {message.splitlines()[0]}")


# Pattern of a DuckDB message -> the message of Redshift. The first matching pattern is used.
_SENTENCES: tuple[tuple[str, Callable[[re.Match[str]], str]], ...] = (
    (
        r"Python exception occurred while executing the UDF: \w+: (?:ERROR: )?(.*)",
        lambda m: m[1],
    ),
    (
        r"schema \"([^\"]+)\" does not exist|Schema with name \"?([^\s\"]+)\"? does not exist",
        lambda m: f'schema "{m[1] or m[2]}" does not exist',
    ),
    (
        r"(?:Table|View) with name \"?([^\s\"]+)\"? does not exist",
        lambda m: _missing_relation(m[1]),
    ),
    (
        r"(?:Table|View) with name \"?([^\s\"]+)\"? already exists",
        lambda m: _existing_relation(m[1]),
    ),
    (
        r"Schema with name \"?([^\s\"]+)\"? already exists",
        lambda m: f'schema "{m[1]}" already exists',
    ),
    (
        r"Referenced column \"([^\"]+)\" not found|Column \"([^\"]+)\" referenced that exists in",
        lambda m: f'column "{m[1] or m[2]}" does not exist',
    ),
    (r"Referenced table \"([^\"]+)\" not found", lambda m: _missing_from(m[1])),
    (
        r"does not have a column (?:named|with name) \"([^\"]+)\"",
        lambda m: f'column "{m[1]}" does not exist',
    ),
    (r"Ambiguous reference to column name \"([^\"]+)\"", lambda m: _ambiguous(m[1])),
    (r"column \"?([^\"\s]+)\"? must appear in the GROUP BY", lambda m: _ungrouped(m[1])),
    (
        r"NOT NULL constraint failed: \S+?\.(\S+)$",
        lambda m: f"Cannot insert a NULL value into column {m[1]}",
    ),
    (r"Could not convert string '(.*)' to (\S+)", lambda m: _unreadable(m[1], m[2])),
    (r"Could not convert string \"(.*)\" to (\S+)", lambda m: _unreadable(m[1], m[2])),
    (r"ivision by zero", lambda m: "division by zero"),
    (r"type DECIMAL.*? failed: value is out of range", lambda m: _NUMERIC_OVERFLOW),
    (r"Could not cast value \S+ to DECIMAL", lambda m: _NUMERIC_OVERFLOW),
    (r"Overflow in \w+ of DECIMAL|out of range of the DECIMAL type", lambda m: _NUMERIC_OVERFLOW),
    (r"Overflow in \w+ of (INT\w*)", lambda m: f"{_word(m[1])} out of range"),
    (r"out of range for the destination type (\w+)", lambda m: f"{_word(m[1])} out of range"),
    (
        r"field value out of range: \"(.*)\"",
        lambda m: f'date/time field value out of range: "{m[1]}"',
    ),
    (r"invalid (date|timestamp|time) field format: \"(.*?)\"", lambda m: _unreadable(m[2], m[1])),
    (
        r"[Mm]ore than one row returned by a subquery",
        lambda m: "more than one row returned by a subquery used as an expression",
    ),
    (
        r"(?:aggregate function|WHERE clause).*(?:aggregate)",
        lambda m: "aggregates not allowed in WHERE clause",
    ),
    (
        r"No function matches the given name and argument types '\"?(\S+?)\"?\((.*?)\)'",
        lambda m: _no_function(m[1], m[2]),
    ),
    (
        r"Subquery returns \d+ columns",
        lambda m: "subquery must return only one column",
    ),
    (r"LIMIT/OFFSET cannot be negative", lambda m: "LIMIT must not be negative"),
    (
        r"Column with name \"?([^\s\"]+)\"? already exists",
        lambda m: f'column "{m[1]}" specified more than once',
    ),
    (
        r"WHERE clause cannot contain window functions",
        lambda m: "window functions not allowed in WHERE clause",
    ),
    (r"Could not choose a best candidate", lambda m: 'operator is not unique: - "unknown"'),
    (r"SELECT clause without selection list", lambda m: 'syntax error at or near "from"'),
    (r"Max expression depth limit|stack depth", lambda m: "stack depth limit exceeded"),
    (r"syntax error at or near (\S+)", lambda m: f"syntax error at or near {m[1]}"),
)
_NUMERIC_OVERFLOW = "Numeric data overflow (result precision)"
# Hints and names of DuckDB, which do not occur in messages of Redshift.
_FOREIGN = re.compile(
    r"\.? (?:Use TRY|Try|You might|Did you mean|Candidate|LINE |SET |HINT|Hint|Could not choose)"
    r".*|DuckDB",
    re.DOTALL,
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
    "VARCHAR": "character varying",
    "STRING": "character varying",
    "TIMESTAMP": "timestamp without time zone",
    "TIMESTAMP WITH TIME ZONE": "timestamp with time zone",
    "BLOB": "binary varying",
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


def _no_function(name: str, types: str) -> str:
    words = [_word(of.strip().removesuffix("_LITERAL")) for of in types.split(", ")]
    if name.isidentifier():
        return f"function {name}({', '.join(words)}) does not exist"
    return f"operator does not exist: {f' {name} '.join(words)}"


def _unreadable(value: str, duckdb_type: str) -> str:
    kind = "integer" if duckdb_type.startswith("INT") else f"type {_word(duckdb_type)}"
    return f'invalid input syntax for {kind}: "{value}"'


def redshift_message(message: str) -> str:
    """Return Redshift's message for a DuckDB message, or the first line of an unknown message."""
    for pattern, sentence in _SENTENCES:
        if match := re.search(pattern, message.splitlines()[0]) or re.search(pattern, message):
            return f"ERROR: {sentence(match)}"
    plain = re.sub(r"^[A-Za-z ]+ Error: ", "", message.splitlines()[0])
    return "ERROR: " + _FOREIGN.sub("", plain)


@contextmanager
def redshift_errors() -> Iterator[None]:
    """Raise the errors of DuckDB and sqlglot as StatementFailed with Redshift's message."""
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
    """Return the message for a syntax error, with the word and its position."""
    found = getattr(error, "errors", None)
    if not found:
        return f"syntax error: {error}"
    first = found[0]
    return f'syntax error at or near "{first.get("highlight")}" at line {first.get("line")}'
