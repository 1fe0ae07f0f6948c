"""Evaluates expressions of a definition: {"Get": …}, {"Std:Join": …}, {"Std:JsonGet": …}.

Source: the SageMaker pipeline definition JSON, version 2020-12-01.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, Protocol

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
            document = _property_file(file, scope)
            return look_up(document, tokens(str(evaluate(path, scope))))
        case {"Std:JsonGet": {"S3Uri": uri, "Path": path}}:
            document = scope.document(str(evaluate(uri, scope)))
            return look_up(document, tokens(str(evaluate(path, scope))))
    raise Unknown(f"{sorted(value)} cannot be read from the API.")


def value_or(value: Any, scope: Scope, missing: Callable[[Unknown], Any]) -> Any:
    """Return the value of an operand, or what `missing` returns if it cannot be read."""
    try:
        return evaluate(value, scope)
    except Unknown as error:
        return missing(error)


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


def _get(text: str, scope: Scope) -> Any:
    match tokens(text):
        case ["Parameters", name]:
            return scope.parameter(str(name))
        case ["Execution", name]:
            return scope.execution_variable(str(name))
        case ["Steps", name, *path]:
            return scope.step_property(str(name), path)
    raise Unknown(f"The reference {text!r} is malformed.")


def _property_file(text: str, scope: Scope) -> Any:
    match tokens(text):
        case ["Steps", step, "PropertyFiles", name]:
            return scope.property_file(str(step), str(name))
    raise Unknown(f"The reference {text!r} is malformed.")
