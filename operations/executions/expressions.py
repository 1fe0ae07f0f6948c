"""Evaluates expressions of a definition: {"Get": …}, {"Std:Join": …}, {"Std:JsonGet": …}.

Source: the SageMaker pipeline definition JSON, version 2020-12-01.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Protocol

GET, JOIN, JSON_GET = "Get", "Std:Join", "Std:JsonGet"
Token = str | int
_TOKEN = re.compile(
    r"""\.?(?P<name>[^.\[\]'"]+)|\[(?P<index>\d+)\]|\[(?P<q>['"])(?P<key>.*?)(?P=q)\]"""
)
# The members whose values identify the entries of a list, as in `Outputs['train']`.
_KEYS = ("OutputName", "InputName", "ChannelName", "Name")


class Unknown(Exception):
    """The value of an expression cannot be read; the message says why."""


class Scope(Protocol):
    """The values of an execution."""

    def parameter(self, name: str) -> Any:
        """Return the value of a pipeline parameter."""

    def execution_variable(self, name: str) -> Any:
        """Return the value of `Execution.<name>`."""

    def step_property(self, step: str, path: Sequence[Token]) -> Any:
        """Return a property of a step that has ended."""

    def property_file(self, step: str, name: str) -> Any:
        """Return the document of a property file."""

    def document(self, uri: str) -> Any:
        """Return the JSON document at an S3 URI."""


def evaluate(value: Any, scope: Scope) -> Any:
    """Return the value of an operand of a condition. Raises `Unknown`."""
    if isinstance(value, list):
        return [evaluate(entry, scope) for entry in value]
    if not isinstance(value, Mapping):
        return value
    match value:
        case {"Get": str(text)}:
            return _get(text, scope)
        case {"Std:Join": {"On": on, "Values": values}}:
            return str(on).join(map(str, evaluate(values, scope)))
        case {"Std:JsonGet": {"PropertyFile": {"Get": str(file)}, "Path": path}}:
            step, _, name = _parts(file)[1:4]
            document = scope.property_file(str(step), str(name))
            return look_up(document, tokens(str(evaluate(path, scope))))
        case {"Std:JsonGet": {"S3Uri": uri, "Path": path}}:
            document = scope.document(str(evaluate(uri, scope)))
            return look_up(document, tokens(str(evaluate(path, scope))))
    raise Unknown(f"{sorted(value)} cannot be read from the API.")


def step_references(value: Any) -> Iterator[str]:
    """Yield the names of the steps to which the expressions in a value refer."""
    if isinstance(value, list):
        for entry in value:
            yield from step_references(entry)
    elif isinstance(value, Mapping):
        if set(value) == {GET} and str(value[GET]).startswith("Steps."):
            yield str(tokens(value[GET])[1])
        else:
            yield from step_references(list(value.values()))


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


def _parts(text: str) -> list[Token]:
    found = tokens(text)
    if len(found) < 2:
        raise Unknown(f"The reference {text!r} is malformed.")
    return found


def _get(text: str, scope: Scope) -> Any:
    kind, name, *path = _parts(text)
    if kind == "Parameters":
        return scope.parameter(str(name))
    if kind == "Execution":
        return scope.execution_variable(str(name))
    return scope.step_property(str(name), path)
