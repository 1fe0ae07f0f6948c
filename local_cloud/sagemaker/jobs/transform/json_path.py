"""JSONPath, as transform jobs use it to filter records.

Source: SageMaker Developer Guide, "Associate Prediction Results with Input Records", section
"Supported JSONPath Operators".
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

_INDEX = r"(?:-?\d+|-?\d*:-?\d*)"
_KEY = r"'[^']+'"
_TOKEN = re.compile(
    rf"\.(?P<name>[A-Za-z_][\w-]*)|(?P<all>\.\*|\[\*\])"
    rf"|\[(?P<indexes>{_INDEX}(?:,{_INDEX})*)\]|\.?\[(?P<keys>{_KEY}(?:,{_KEY})*)\]"
)
_FORMS = "$, $[1:], $[0,5:], $.features and $['id','features']"


class InvalidPath(ValueError):
    """A text is not a supported JSONPath."""


class PathNotFound(ValueError):
    """A path does not exist in a record."""


@dataclass(frozen=True)
class Selector:
    """A part of a path. With `several`, the result is a list; next parts apply to each entry.

    `select` is no local function, because jobs are saved with pickle.
    """

    select: Callable[[Any], Any]
    several: bool = False


@dataclass(frozen=True)
class JsonPath:
    """A parsed path. Without selectors, it selects the whole record."""

    selectors: tuple[Selector, ...]

    @property
    def selects_everything(self) -> bool:
        """Whether the path selects the whole record."""
        return not self.selectors

    def find(self, record: Any) -> Any:
        """Return the part of a record that the path selects. Raises `PathNotFound`."""
        return _find(self.selectors, record)


def read_path(text: str) -> JsonPath:
    """Parse a path. An empty path is `$`. Raises `InvalidPath`."""
    selectors: list[Selector] = []
    rest = text or "$"
    position = 1
    while rest.startswith("$") and (token := _TOKEN.match(rest, position)):
        selectors.append(_selector(token))
        position = token.end()
    if not rest.startswith("$") or position < len(rest):
        raise InvalidPath(f"{text!r} is not a JSONPath of transform jobs (examples: {_FORMS})")
    return JsonPath(tuple(selectors))


def _find(selectors: tuple[Selector, ...], value: Any) -> Any:
    if not selectors:
        return value
    first, rest = selectors[0], selectors[1:]
    found = first.select(value)
    if first.several and rest:
        return [_find(rest, entry) for entry in found]
    return _find(rest, found)


def _selector(token: re.Match[str]) -> Selector:
    if token["name"]:
        return Selector(partial(_member, name=token["name"]))
    if token["all"]:
        return Selector(_all_entries, several=True)
    if token["indexes"]:
        return _indexes(token["indexes"].split(","))
    return _keys([key.strip("'") for key in re.findall(_KEY, token["keys"])])


def _keys(keys: list[str]) -> Selector:
    if len(keys) == 1:
        return Selector(partial(_member, name=keys[0]))
    return Selector(partial(_members, names=keys))


def _indexes(indexes: list[str]) -> Selector:
    if len(indexes) == 1 and ":" not in indexes[0]:
        return Selector(partial(_one_at, index=indexes[0]))
    return Selector(partial(_all_at, indexes=indexes), several=True)


def _one_at(value: Any, index: str) -> Any:
    return _at(value, index)[0]


def _all_at(value: Any, indexes: list[str]) -> list[Any]:
    return [entry for index in indexes for entry in _at(value, index)]


def _at(value: Any, index: str) -> list[Any]:
    """Return the entries at an index or in a slice. Raises `PathNotFound` without entries."""
    if not isinstance(value, list):
        raise PathNotFound(
            f"[{index}] selects entries of a list, but the value is not a list, or empty"
        )
    start, colon, end = index.partition(":")
    try:
        found = value[_number(start) : _number(end)] if colon else [value[int(start)]]
    except IndexError:
        found = []
    if not found:
        raise PathNotFound(f"[{index}] is outside of the {len(value)} fields of the record")
    return found


def _number(text: str) -> int | None:
    return int(text) if text else None


def _member(value: Any, name: str) -> Any:
    if not isinstance(value, dict) or name not in value:
        raise PathNotFound(f"the record has no member {name!r}")
    return value[name]


def _members(value: Any, names: list[str]) -> dict[str, Any]:
    return {name: _member(value, name) for name in names}


def _all_entries(value: Any) -> list[Any]:
    if isinstance(value, dict):
        return list(value.values())
    if isinstance(value, list):
        return value
    raise PathNotFound("* selects the entries of a list or an object, but there is no entry")
