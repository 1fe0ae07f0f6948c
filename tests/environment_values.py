"""Reads the values of an environment from a deployed definition."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from pipeline_code.compiler import CompiledDefinition, deployed


def environment_values(definition: CompiledDefinition, body: dict[str, Any]) -> dict[str, str]:
    """Return name -> value in `body`, a deployed definition, for each environment value."""
    marked = deployed(
        definition.body, {name: f"\0{name}\0" for name in definition.manifest.environment}
    )
    values: dict[str, str] = {}
    for pattern, text in _texts(marked, body):
        values |= _values(pattern, text)
    return values


def _texts(marked: Any, body: Any) -> Iterator[tuple[str, str]]:
    """Yield each text with placeholders, and the text at the same path of `body`."""
    if isinstance(marked, dict):
        for key, item in marked.items():
            yield from _texts(item, body[key])
    elif isinstance(marked, list):
        for item, other in zip(marked, body, strict=True):
            yield from _texts(item, other)
    elif isinstance(marked, str) and "\0" in marked:
        yield marked, body


def _values(pattern: str, text: str) -> dict[str, str]:
    parts = pattern.split("\0")  # literal, name, literal, name, literal
    expression = "".join(
        f"(?P<{part}>.+?)" if position % 2 else re.escape(part)
        for position, part in enumerate(parts)
    )
    found = re.fullmatch(expression, text)
    assert found, (pattern, text)
    return found.groupdict()
