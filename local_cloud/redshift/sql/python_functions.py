"""What neither DuckDB nor a template does: functions in Python that every database has.

Their names begin with `redshift_`; a statement cannot reach them but through the registry. Of a
NULL they give NULL.
"""

from __future__ import annotations

import functools
import hashlib
import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import duckdb

from local_cloud.redshift.sql.conversions import cut_bytes
from local_cloud.redshift.sql.datetime_formats import read_moment
from local_cloud.redshift.sql.datetime_literals import (
    read_date,
    read_time,
    read_timestamp,
    read_timestamptz,
)
from local_cloud.redshift.sql.number_formats import number_text, read_number
from local_cloud.redshift.sql.patterns import similar_expression
from local_cloud.redshift.statement_errors import StatementFailed

_FNV_PRIME = 0x100000001B3
_WORD = 1 << 64


def crc32c(text: str) -> str:
    """CRC-32C (Castagnoli) as eight hexadecimal digits."""
    value = 0xFFFFFFFF
    for byte in text.encode():
        value ^= byte
        for _ in range(8):
            value = (value >> 1) ^ (0x82F63B78 if value & 1 else 0)
    return f"{value ^ 0xFFFFFFFF:08x}"


def fnv(data: bytes, seed: int) -> int:
    """FNV-1a of 64 bits, signed."""
    value = seed % _WORD
    for byte in data:
        value = ((value ^ byte) * _FNV_PRIME) % _WORD
    return value - _WORD if value >= _WORD // 2 else value


def little_endian(number: int, width: int) -> bytes:
    """A whole number as the bytes that hold it."""
    return number.to_bytes(width, "little", signed=True)


def sha2(text: str, bits: int) -> str:
    """SHA-2 in hexadecimal digits; empty for an invalid number of bits."""
    if bits not in (0, 224, 256, 384, 512):
        return ""
    return hashlib.new(f"sha{bits or 256}", text.encode()).hexdigest()


_SOUNDS = {
    letter: digit
    for digit, letters in enumerate(("bfpv", "cgjkqsxz", "dt", "l", "mn", "r"), start=1)
    for letter in letters
}


def soundex(text: str) -> str:
    """American Soundex of the English letters of a text."""
    letters = [letter for letter in text.lower() if "a" <= letter <= "z"]
    if not letters:
        return ""
    code, last = "", _SOUNDS.get(letters[0])
    for letter in letters[1:]:
        sound = _SOUNDS.get(letter)
        if sound is not None and sound != last:
            code += str(sound)
        if letter not in "hw":
            last = sound
    return letters[0].upper() + code[:3].ljust(3, "0")


def difference(left: str, right: str) -> int:
    """How many places of two Soundex codes are equal: 0 to 4."""
    one, other = soundex(left), soundex(right)
    if not one and not other:
        return 1
    return sum(a == b for a, b in zip(one, other, strict=False))


def initcap(text: str) -> str:
    """Each word with a capital letter; whatever is neither letter nor digit parts words."""
    return re.sub(r"[^\W_]+", lambda word: word[0][:1].upper() + word[0][1:].lower(), text)


def strtol(text: str, base: int) -> int:
    """The whole number that a text means in a base."""
    stripped = text.strip()
    if not 2 <= base <= 36:
        raise StatementFailed(f"ERROR: base {base} is not between 2 and 36")
    if not stripped:
        return 0
    try:
        value = int(stripped, base)
    except ValueError as error:
        raise StatementFailed(
            f"ERROR: The input {text} is not valid to be converted to base {base}"
        ) from error
    if not -(_WORD // 2) <= value < _WORD // 2:
        raise StatementFailed(f"ERROR: The input {text} is out of range for type bigint")
    return value


def _json(text: str, lenient: bool) -> Any:
    try:
        return json.loads(text)
    except ValueError as error:
        if lenient:
            return None
        raise StatementFailed(f"ERROR: JSON parsing error: {error}") from error


def is_json(text: str, array: bool) -> bool:
    """Whether a text is a JSON object, or an array."""
    try:
        return isinstance(json.loads(text), list if array else dict)
    except ValueError:
        return False


def json_length(text: str, lenient: bool) -> int | None:
    """The number of elements of a JSON array."""
    value = _json(text, lenient)
    return len(value) if isinstance(value, list) else None


def json_element(text: str, position: int, lenient: bool) -> str | None:
    """An element of a JSON array; NULL where there is none."""
    value = _json(text, lenient)
    if not isinstance(value, list) or not 0 <= position < len(value):
        return None
    return _json_text(value[position])


def json_path(text: str, path: list[str], lenient: bool) -> str | None:
    """The value under nested keys; NULL where one is missing."""
    value = _json(text, lenient)
    for key in path:
        if not isinstance(value, dict) or key not in value:
            return None
        value = value[key]
    return _json_text(value)


def _json_text(value: Any) -> str | None:
    if value is None or isinstance(value, str):
        return value
    return json.dumps(value, separators=(",", ":"))


def _perl(pattern: str, flags: str) -> re.Pattern[str]:
    try:
        return re.compile(pattern, re.IGNORECASE if "i" in flags else 0)
    except re.error as error:
        raise StatementFailed(f"ERROR: invalid regular expression: {error}") from error


def _matches(text: str, pattern: str, position: int, flags: str) -> list[re.Match[str]]:
    return list(_perl(pattern, flags).finditer(text, max(position, 1) - 1))


def perl_count(text: str, pattern: str, position: int, flags: str) -> int:
    """REGEXP_COUNT with the Perl dialect."""
    return len(_matches(text, pattern, position, flags))


def perl_substr(
    text: str, pattern: str, position: int, occurrence: int, flags: str, group: int
) -> str | None:
    """REGEXP_SUBSTR with the Perl dialect."""
    if occurrence < 1:
        return None
    found = _matches(text, pattern, position, flags)
    return found[occurrence - 1][group] if len(found) >= occurrence else ""


def perl_instr(
    text: str, pattern: str, position: int, occurrence: int, end: int, flags: str
) -> int:
    """REGEXP_INSTR with the Perl dialect."""
    found = _matches(text, pattern, position, flags)
    if not 1 <= occurrence <= len(found):
        return 0
    match = found[occurrence - 1]
    return (match.end() if end else match.start()) + 1


def perl_replace(text: str, pattern: str, replacement: str, position: int, flags: str) -> str:
    """REGEXP_REPLACE with the Perl dialect; `$1` means the first group."""
    kept = text[: max(position, 1) - 1]
    template = re.sub(r"\$(\d)", r"\\\1", replacement)
    return kept + _perl(pattern, flags).sub(template, text[len(kept) :])


def _or_null(call: Callable[..., Any]) -> Callable[..., Any]:
    """NULL for a text that cannot be read."""

    @functools.wraps(call)
    def answer(text: str) -> Any:
        try:
            return call(text)
        except StatementFailed:
            return None

    return answer


def _strict(call: Callable[..., Any]) -> Callable[..., Any]:
    """Of a NULL a function gives NULL; it may also give one of its own."""

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
    """Give a database its Python functions."""
    for function in _FUNCTIONS:
        connection.create_function(
            function.name,
            _strict(function.call),
            list(function.arguments),
            function.returns,
            null_handling="special",
        )
