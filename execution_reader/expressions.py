"""The parts of expressions in a definition: names of steps, paths, and what a path leads to.

Source: the SageMaker pipeline definition JSON, version 2020-12-01.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

Token = str | int
_TOKEN = re.compile(
    r"""\.?(?P<name>[^.\[\]'"]+)|\[(?P<index>\d+)\]|\[(?P<q>['"])(?P<key>.*?)(?P=q)\]"""
)
_STEP = re.compile(r"Steps\.(?P<name>[^.\[]+)")
# An output of a Lambda or Callback step.
_OUTPUT = re.compile(rf"{_STEP.pattern}\.OutputParameters\['(?P<output>[^']+)'\]")
# The members whose values identify the entries of a list, as in `Outputs['train']`.
_KEYS = ("OutputName", "InputName", "ChannelName", "Name")


class Unknown(Exception):
    """The value of an expression cannot be read; the message says why."""


def step_references(value: Any) -> Iterator[str]:
    """Yield the names of the steps to which the expressions in a value refer."""
    if isinstance(value, list):
        for entry in value:
            yield from step_references(entry)
    elif isinstance(value, Mapping):
        if set(value) == {"Get"} and (found := _STEP.match(str(value["Get"]))):
            yield found["name"]
        else:
            yield from step_references(list(value.values()))


def label(value: Any) -> str:
    """Return a short name of an operand of a condition."""
    match value:
        case {"Get": reference}:
            if output := _OUTPUT.fullmatch(str(reference)):
                return f"{output['name']}.{output['output']}"
            return str(reference).removeprefix("Parameters.")
        case {"Std:JsonGet": {"Path": path}}:
            return str(path)
        case {"Std:Join": _}:
            return "Std:Join"
    return str(value)


def tokens(path: str) -> list[Token]:
    """Return the names, keys and indexes of a path. Raises `Unknown` if it is malformed."""
    found: list[Token] = []
    position = 0
    while position < len(path):
        match = _TOKEN.match(path, position)
        if match is None:
            raise Unknown(f"The path {path!r} is malformed at {path[position:]!r}.")
        if match["index"] is not None:
            found.append(int(match["index"]))
        else:
            found.append(match["key"] if match["key"] is not None else match["name"])
        position = match.end()
    return found


def look_up(document: Any, path: Sequence[Token]) -> Any:
    """Return the value at a path. Raises `Unknown` with the missing part."""
    value = document
    for token in path:
        value = _member(value, token)
    return value


def _member(value: Any, token: Token) -> Any:
    if isinstance(value, Mapping) and token in value:
        return value[token]
    if isinstance(value, list) and isinstance(token, int) and token < len(value):
        return value[token]
    for entry in value if isinstance(value, list) else []:
        if isinstance(entry, Mapping) and token in [entry.get(key) for key in _KEYS]:
            return entry
    raise Unknown(f"{token!r} does not exist.")
