"""What a check of a definition finds, said so that a person can act on it."""

import json
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Finding:
    """One fault of a definition.

    `rule` names the broken rule, `step` and `path` say where, `value` is what stands there,
    `allowed` what may stand there and `remedy` what to do. `step` is "" for the whole definition.
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
