"""The values of a document of a step, such as an evaluation or the report of a drift check."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any


def named_values(document: Any, path: tuple[str, ...] = ()) -> Iterator[tuple[str, float]]:
    """Yield the entries {"value": …} of a document with their names, without its first member."""
    if not isinstance(document, Mapping):
        return
    if isinstance(document.get("value"), int | float):
        yield ".".join(path[1:] or path), document["value"]
        return
    for name, entry in document.items():
        yield from named_values(entry, (*path, name))
