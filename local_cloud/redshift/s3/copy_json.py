"""COPY from JSON: finds the value of each column in a record.

Source: page "COPY from JSON format" of the Developer Guide.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from local_cloud.redshift.s3.copy_files import SourceFile, UnreadableLine, object_content
from local_cloud.redshift.s3.copy_options import CopyOptions
from local_cloud.redshift.s3.load_errors import LoadError
from local_cloud.redshift.statement_errors import StatementFailed

# The keys and indices of the path to a value.
JsonPath = tuple[str | int, ...]
_STEP = re.compile(r"\.([^.\[\]']+)|\['([^']*)'\]|\[(\d+)\]")


def json_paths(client: Any, options: CopyOptions, columns: list[str]) -> tuple[JsonPath, ...]:
    """Return the path of each column: the column's name, or an expression of a JSONPaths file."""
    if options.json in ("auto", "auto ignorecase"):
        return tuple((name,) for name in columns)
    paths = _paths_file(object_content(client, str(options.json)), str(options.json))
    if paths is None:
        return tuple((name,) for name in columns)
    if len(paths) != len(columns):
        raise StatementFailed(
            "ERROR: Number of jsonpaths and the number of columns should match. "
            f"JSONPath size: {len(paths)}, "
            f"Number of columns in table or column list: {len(columns)}"
        )
    return paths


def _paths_file(content: bytes, uri: str) -> tuple[JsonPath, ...] | None:
    """Return the expressions under "jsonpaths"; None without this key, which means 'auto'."""
    try:
        listed = json.loads(content)
    except ValueError as error:
        raise StatementFailed(f"ERROR: Invalid JSONPaths file {uri}: {error}") from error
    expressions = listed.get("jsonpaths") if isinstance(listed, dict) else None
    return None if expressions is None else tuple(_path(str(text)) for text in expressions)


def _path(text: str) -> JsonPath:
    steps = [match for match in _STEP.finditer(text)]
    if not text.startswith("$") or "".join(match[0] for match in steps) != text[1:]:
        raise StatementFailed(f"ERROR: Invalid JSONPath format: {text}")
    return tuple(
        int(index) if index is not None else key if key is not None else quoted
        for key, quoted, index in (match.groups() for match in steps)
    )


def json_records(
    source: SourceFile, text: str, paths: tuple[JsonPath, ...], options: CopyOptions
) -> Iterator[tuple[int, str, list[str | None]]]:
    """Yield the line, the text and the values at the paths for each object or array of a file."""
    decoder = json.JSONDecoder(parse_float=Decimal)
    position = _skipped(text, 0)
    while position < len(text):
        line = text.count("\n", 0, position) + 1
        try:
            value, end = decoder.raw_decode(text, position)
        except ValueError as error:
            raw = text[position:].split("\n", 1)[0]
            reason = f"Invalid JSON format: {error}"
            failure = LoadError(source.uri, line, "", "", "", raw, raw, 1216, reason)
            raise UnreadableLine(failure) from error
        lowered = _lowered(value) if options.json == "auto ignorecase" else value
        yield line, text[position:end], [_text(_under(lowered, path)) for path in paths]
        position = _skipped(text, end)


def _skipped(text: str, position: int) -> int:
    while position < len(text) and text[position].isspace():
        position += 1
    return position


def _lowered(value: Any) -> Any:
    return {key.lower(): item for key, item in value.items()} if isinstance(value, dict) else value


def _under(value: Any, path: JsonPath) -> Any:
    for step in path:
        if isinstance(step, int):
            value = value[step] if isinstance(value, list) and step < len(value) else None
        else:
            value = value.get(step) if isinstance(value, dict) else None
    return value


def _text(value: Any) -> str | None:
    """Return a value as text: numbers and booleans as written, objects and arrays as JSON."""
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, Decimal):
        return str(value)
    return json.dumps(value, separators=(",", ":"), default=float, ensure_ascii=False)
