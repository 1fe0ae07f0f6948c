"""The findings of rules: the error, its location, the allowed values and the remedy."""

import json
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Finding:
    """An error in a definition.

    `rule` is the violated rule. `step` and `path` are the location; `step` is "" for the whole
    definition. `value` is the invalid value, `allowed` the allowed values, `remedy` the correction.
    """

    rule: str
    step: str
    path: str
    value: Any
    allowed: str
    remedy: str

    def __str__(self) -> str:
        where = f"step {self.step[:80]}" if self.step else "definition"
        return (
            f"{where}, {self.path}: {self.rule}: {_short(self.value)}. "
            f"Allowed: {self.allowed}. To do: {self.remedy}."
        )


def _short(value: Any, limit: int = 200) -> str:
    text = json.dumps(value)
    return text if len(text) <= limit else f"{text[: limit - 1]}…"
