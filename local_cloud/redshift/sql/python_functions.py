"""SQL functions in Python, for functions that DuckDB's SQL cannot express.

Their names start with `redshift_`. A statement cannot call them directly: the registry's SQL does.
If an argument is NULL, they return NULL.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import duckdb
from duckdb.func import FunctionNullHandling

from local_cloud.redshift.sql.conversions import cut_bytes
from local_cloud.redshift.sql.datetime_formats import read_moment
from local_cloud.redshift.sql.datetime_literals import (
    read_date,
    read_time,
    read_timestamp,
    read_timestamptz,
)
from local_cloud.redshift.sql.json_functions import is_json, json_element, json_length, json_path
from local_cloud.redshift.sql.number_formats import number_text, read_number
from local_cloud.redshift.sql.patterns import similar_expression
from local_cloud.redshift.sql.perl_expressions import (
    perl_count,
    perl_instr,
    perl_replace,
    perl_substr,
)
from local_cloud.redshift.sql.text_functions import (
    crc32c,
    difference,
    fnv,
    initcap,
    little_endian,
    sha2,
    soundex,
    strtol,
)
from local_cloud.redshift.statement_errors import StatementFailed


def _or_null(call: Callable[..., Any]) -> Callable[..., Any]:
    """Return a function that returns None for an invalid text instead of raising an error."""

    @functools.wraps(call)
    def answer(text: str) -> Any:
        try:
            return call(text)
        except StatementFailed:
            return None

    return answer


def _strict(call: Callable[..., Any]) -> Callable[..., Any]:
    """Return a function that returns None if an argument is None. `call` may also return None."""

    @functools.wraps(call)
    def answer(*values: Any) -> Any:
        return None if any(value is None for value in values) else call(*values)

    return answer


@dataclass(frozen=True)
class _PythonFunction:
    name: str
    call: Callable[..., Any]
    arguments: tuple[str, ...]
    returns: str


T, B = "VARCHAR", "BIGINT"
_READERS: tuple[tuple[str, Callable[[str], Any], str], ...] = (
    ("date", read_date, "DATE"),
    ("time", read_time, "TIME"),
    ("timestamp", lambda text: read_timestamp(text).at, "TIMESTAMP"),
    ("timestamptz", lambda text: f"{read_timestamptz(text)}+00", T),
)
_FUNCTIONS = (
    *(_PythonFunction(f"redshift_{name}", read, (T,), of) for name, read, of in _READERS),
    *(
        _PythonFunction(f"redshift_try_{name}", _or_null(read), (T,), of)
        for name, read, of in _READERS
    ),
    _PythonFunction("redshift_crc32", crc32c, (T,), T),
    _PythonFunction("redshift_cut", cut_bytes, (T, B), T),
    _PythonFunction("redshift_difference", difference, (T, T), "INTEGER"),
    _PythonFunction("redshift_fnv", fnv, ("BLOB", B), B),
    _PythonFunction("redshift_initcap", initcap, (T,), T),
    _PythonFunction("redshift_is_json", is_json, (T, "BOOLEAN"), "BOOLEAN"),
    _PythonFunction("redshift_json_element", json_element, (T, B, "BOOLEAN"), T),
    _PythonFunction("redshift_json_length", json_length, (T, "BOOLEAN"), "INTEGER"),
    _PythonFunction("redshift_json_path", json_path, (T, "VARCHAR[]", "BOOLEAN"), T),
    _PythonFunction("redshift_little_endian", little_endian, (B, B), "BLOB"),
    _PythonFunction(
        "redshift_number_text", lambda value, form: number_text(Decimal(value), form), (T, T), T
    ),
    _PythonFunction("redshift_perl_count", perl_count, (T, T, B, T), "INTEGER"),
    _PythonFunction("redshift_perl_instr", perl_instr, (T, T, B, B, B, T), "INTEGER"),
    _PythonFunction("redshift_perl_replace", perl_replace, (T, T, T, B, T), T),
    _PythonFunction("redshift_perl_substr", perl_substr, (T, T, B, B, T, B), T),
    _PythonFunction(
        "redshift_read_moment",
        lambda text, form, strict: read_moment(text, form, strict=strict),
        (T, T, "BOOLEAN"),
        "TIMESTAMP",
    ),
    _PythonFunction(
        "redshift_read_number", lambda text, form: str(read_number(text, form)), (T, T), T
    ),
    _PythonFunction("redshift_sha2", sha2, (T, B), T),
    _PythonFunction("redshift_similar", similar_expression, (T, T), T),
    _PythonFunction("redshift_soundex", soundex, (T,), T),
    _PythonFunction("redshift_strtol", strtol, (T, B), B),
)


def register(connection: duckdb.DuckDBPyConnection) -> None:
    """Register the Python functions in a database."""
    for function in _FUNCTIONS:
        connection.create_function(
            function.name,
            _strict(function.call),
            list(function.arguments),
            function.returns,
            null_handling=FunctionNullHandling.SPECIAL,
        )
