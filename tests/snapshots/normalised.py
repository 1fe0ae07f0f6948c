"""The one place where what changes without meaning is taken out of a template."""

from __future__ import annotations

import json
import re
from typing import Any

from tests.unit.stacks.synthesised import joined

_REPLACED = (
    (re.compile(r"\b\d{12}\.dkr\.ecr\.[\w.-]+"), "<registry>"),
    (re.compile(r"\b[0-9a-f]{64}\b"), "<hash>"),
    (re.compile(r"\b\d{12}\b"), "<account>"),
)


def normalised(value: Any) -> Any:
    """A template without hashes, account ids and registries.

    Of a pipeline's definition the parameters stay, which differ between environments, and the
    names of the steps; the steps themselves are the same text everywhere.
    """
    match value:
        case {"PipelineDefinitionBody": body}:
            return normalised(_outline(json.loads(joined(body))))
        case dict():
            return {name: normalised(item) for name, item in value.items()}
        case list():
            return [normalised(item) for item in value]
        case str():
            return _text(value)
    return value


def _outline(body: dict[str, Any]) -> dict[str, Any]:
    return {**body, "Steps": [step["Name"] for step in body["Steps"]]}


def _text(value: str) -> str:
    for pattern, name in _REPLACED:
        value = pattern.sub(name, value)
    return value
