"""Converts templates to snapshots: readable, and without values that change for no reason."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from tests.synthesis import joined

_REPLACED = (
    (re.compile(r"\b\d{12}\.dkr\.ecr\.[\w.-]+"), "<registry>"),
    (re.compile(r"\b[0-9a-f]{64}\b"), "<hash>"),
    (re.compile(r"\b\d{12}\b"), "<account>"),
)
# Placeholder for the tags that most resources of a template have; a snapshot lists them once.
COMMON_TAGS = "<common tags>"


def normalised(template: dict[str, Any], environment: str) -> dict[str, Any]:
    """Return a template without hashes, account ids, registries and the environment's name.

    A pipeline's definition is converted to JSON, a text of several lines to a list of lines.
    """
    tags = _common_tags(template)
    shown: dict[str, Any] = _Normalisation(environment, tags).of(template)
    return {"CommonTags": _Normalisation(environment, None).of(tags), **shown} if tags else shown


@dataclass(frozen=True)
class _Normalisation:
    environment: str
    common_tags: Any

    def of(self, value: Any) -> Any:
        if value == self.common_tags and value:
            return COMMON_TAGS
        match value:
            case {"PipelineDefinitionBody": body}:
                return self.of(json.loads(joined(body)))
            case dict():
                return {self._text(name): self.of(item) for name, item in value.items()}
            case list():
                return [self.of(item) for item in value]
            case str():
                text = self._text(value)
                return text.split("\n") if "\n" in text else text
        return value

    def _text(self, text: str) -> str:
        for pattern, name in _REPLACED:
            text = pattern.sub(name, text)
        return re.sub(rf"\bredline-{self.environment}\b", "redline-<environment>", text)


def _common_tags(template: dict[str, Any]) -> list[dict[str, Any]]:
    """The most frequent value of `Tags`."""
    found = Counter(json.dumps(tags) for tags in _tags(template))
    return json.loads(found.most_common(1)[0][0]) if found else []


def _tags(value: Any) -> Iterator[list[Any]]:
    for resource in value["Resources"].values():
        tags = resource.get("Properties", {}).get("Tags")
        if isinstance(tags, list):
            yield tags
