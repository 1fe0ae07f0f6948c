"""JSON functions in Python (chapter "JSON functions")."""

from __future__ import annotations

import json
from typing import Any

from local_cloud.redshift.statement_errors import StatementFailed


def _json(text: str, lenient: bool) -> Any:
    try:
        return json.loads(text)
    except ValueError as error:
        if lenient:
            return None
        raise StatementFailed(f"ERROR: JSON parsing error: {error}") from error


def is_json(text: str, array: bool) -> bool:
    """Return whether a text is a JSON object, or a JSON array if `array`."""
    try:
        return isinstance(json.loads(text), list if array else dict)
    except ValueError:
        return False


def json_length(text: str, lenient: bool) -> int | None:
    """Return the number of elements of a JSON array."""
    value = _json(text, lenient)
    return len(value) if isinstance(value, list) else None


def json_element(text: str, position: int, lenient: bool) -> str | None:
    """Return an element of a JSON array; None if it does not exist."""
    value = _json(text, lenient)
    if not isinstance(value, list) or not 0 <= position < len(value):
        return None
    return _json_text(value[position])


def json_path(text: str, path: list[str], lenient: bool) -> str | None:
    """Return the value at a path of nested keys; None if a key does not exist."""
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
