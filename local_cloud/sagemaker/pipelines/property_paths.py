"""Paths into documents, such as `Outputs['train'].S3Output.S3Uri` and `metrics[0].value`."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from local_cloud.sagemaker.exceptions import ExpressionError

Token = str | int
_TOKEN = re.compile(
    r"""\.?(?P<name>[^.\[\]'"]+)|\[(?P<index>\d+)\]|\[(?P<q>['"])(?P<key>.*?)(?P=q)\]""", re.DOTALL
)
# The members whose values identify the entries of a list, as in `Outputs['train']`.
_KEYS = ("OutputName", "InputName", "ChannelName", "Name")


def tokens(path: str) -> list[Token]:
    """Return the names, keys and indexes of a path. Raises `ExpressionError` if it is malformed."""
    found: list[Token] = []
    position = 0
    while position < len(path):
        match = _TOKEN.match(path, position)
        if match is None:
            raise ExpressionError(f"The path {path!r} is malformed at {path[position:]!r}.")
        found.append(_token(match))
        position = match.end()
    return found


def look_up(document: Any, path: Sequence[Token]) -> Any:
    """Return the value at a path. Raises `ExpressionError` with the missing part."""
    value = document
    for depth, token in enumerate(path):
        value = _step(value, token, path[: depth + 1])
    return value


def _token(match: re.Match[str]) -> Token:
    if match["index"] is not None:
        return int(match["index"])
    return match["key"] if match["key"] is not None else match["name"]


def _step(value: Any, token: Token, path: Sequence[Token]) -> Any:
    if isinstance(value, Mapping) and token in value:
        return value[token]
    if isinstance(value, list) and isinstance(token, int) and token < len(value):
        return value[token]
    for entry in value if isinstance(value, list) else []:
        if isinstance(entry, Mapping) and token in [entry.get(key) for key in _KEYS]:
            return entry
    there = sorted(map(str, value)) if isinstance(value, Mapping) else type(value).__name__
    raise ExpressionError(f"{show(path)} does not exist in {there}.")


def show(path: Sequence[Token]) -> str:
    """Return a path as text."""
    parts = [f"[{token}]" if isinstance(token, int) else f".{token}" for token in path]
    return "".join(parts).lstrip(".")
