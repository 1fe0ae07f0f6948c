"""The differences of a JSON document from a base, by path."""

from __future__ import annotations

import json
from collections.abc import Iterator
from difflib import SequenceMatcher
from typing import Any

Difference = tuple[str, dict[str, Any]]


def differences(base: Any, other: Any, path: str = "") -> Iterator[Difference]:
    """Yield each path whose value differs: `removed`, `added`, or the new value as `is`.

    A removed value is not repeated because the base contains it.
    """
    if base == other:
        return
    match base, other:
        case dict(), dict():
            yield from _of_objects(base, other, path)
        case list(), list():
            yield from _of_lists(base, other, path)
        case _:
            yield path, {"is": other}


def _of_objects(base: dict[str, Any], other: dict[str, Any], path: str) -> Iterator[Difference]:
    for name in sorted(base.keys() | other.keys()):
        below = f"{path}/{name}" if path else name
        if name not in other:
            yield below, {"removed": True}
        elif name not in base:
            yield below, {"added": other[name]}
        else:
            yield from differences(base[name], other[name], below)


def _of_lists(base: list[Any], other: list[Any], path: str) -> Iterator[Difference]:
    keys = [[json.dumps(item, sort_keys=True) for item in items] for items in (base, other)]
    for kind, i1, i2, j1, j2 in SequenceMatcher(None, *keys, autojunk=False).get_opcodes():
        if kind == "equal":
            continue
        if i2 - i1 == j2 - j1:
            for index in range(i2 - i1):
                before, after = base[i1 + index], other[j1 + index]
                yield from differences(before, after, f"{path}[{_label(before, i1 + index)}]")
        else:
            removed = {"removed": i2 - i1} if i2 > i1 else {}
            yield f"{path}[{i1}]", {**removed, **({"added": other[j1:j2]} if j2 > j1 else {})}


def _label(item: Any, index: int) -> str | int:
    """The name of an item of a list, or its index."""
    names = (item.get("Name"), item.get("Key")) if isinstance(item, dict) else ()
    return next((name for name in names if isinstance(name, str)), index)
