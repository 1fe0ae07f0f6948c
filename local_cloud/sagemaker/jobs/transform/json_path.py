"""The JSONPath with which a transform job takes records apart.

Source: SageMaker Developer Guide, "Associate Prediction Results with Input Records", and there
"Supported JSONPath Operators".
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

_PLACE = r"(?:-?\d+|-?\d*:-?\d*)"
_KEY = r"'[^']+'"
_TOKEN = re.compile(
    rf"\.(?P<name>[A-Za-z_][\w-]*)|(?P<all>\.\*|\[\*\])"
    rf"|\[(?P<places>{_PLACE}(?:,{_PLACE})*)\]|\.?\[(?P<keys>{_KEY}(?:,{_KEY})*)\]"
)
_FORMS = "$, $[1:], $[0,5:], $.features and $['id','features']"


class BadPath(ValueError):
    """A text that is no path of this kind."""


class NoSuchPlace(ValueError):
    """A path that leads nowhere in a record."""


@dataclass(frozen=True)
class Selector:
    """One part of a path; a `several` gives a list, and what follows is taken of each entry."""

    select: Callable[[Any], Any]
    several: bool = False


@dataclass(frozen=True)
class JsonPath:
    """A path that was read; without selectors it is the whole record."""

    selectors: tuple[Selector, ...]

    @property
    def is_whole(self) -> bool:
        """Whether it leaves records as they are."""
        return not self.selectors

    def find(self, record: Any) -> Any:
        """What the path names in a record; raises `NoSuchPlace`."""
        return _find(self.selectors, record)


def read_path(text: str) -> JsonPath:
    """Take a path apart; an empty one is `$`. Raises `BadPath`."""
    selectors: list[Selector] = []
    rest = text or "$"
    position = 1
    while rest.startswith("$") and (token := _TOKEN.match(rest, position)):
        selectors.append(_selector(token))
        position = token.end()
    if not rest.startswith("$") or position < len(rest):
        raise BadPath(f"{text!r} is no JSONPath of transform jobs, such as {_FORMS}")
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
        return Selector(lambda value: _member(value, token["name"]))
    if token["all"]:
        return Selector(_everything, several=True)
    if token["places"]:
        return _places(token["places"].split(","))
    return _keys([key.strip("'") for key in re.findall(_KEY, token["keys"])])


def _keys(keys: list[str]) -> Selector:
    if len(keys) == 1:
        return Selector(lambda value: _member(value, keys[0]))
    return Selector(lambda value: {key: _member(value, key) for key in keys})


def _places(places: list[str]) -> Selector:
    if len(places) == 1 and ":" not in places[0]:
        return Selector(lambda value: _at(value, places[0])[0])
    return Selector(
        lambda value: [entry for place in places for entry in _at(value, place)], several=True
    )


def _at(value: Any, place: str) -> list[Any]:
    """The entries at an index or in a slice, at least one."""
    if not isinstance(value, list):
        raise NoSuchPlace(f"[{place}] stands for entries of a list, and there is none")
    start, colon, end = place.partition(":")
    try:
        found = value[_number(start) : _number(end)] if colon else [value[int(start)]]
    except IndexError:
        found = []
    if not found:
        raise NoSuchPlace(f"[{place}] is outside of the {len(value)} fields of the record")
    return found


def _number(text: str) -> int | None:
    return int(text) if text else None


def _member(value: Any, name: str) -> Any:
    if not isinstance(value, dict) or name not in value:
        raise NoSuchPlace(f"the record has no member {name!r}")
    return value[name]


def _everything(value: Any) -> list[Any]:
    if isinstance(value, dict):
        return list(value.values())
    if isinstance(value, list):
        return value
    raise NoSuchPlace("* stands for the entries of a list or an object, and there is none")
