"""What a statement's translation must know of its session."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

# (user, object, privilege), all in lower case.
Privilege = tuple[str, str, str]


def _none(_: str) -> list[Privilege]:
    return []


@dataclass(frozen=True)
class TranslationContext:
    """What the functions that ask about the session answer.

    `privileges` gives the privileges that users hold on each `database`, `schema` or `table`.
    """

    user: str
    database: str
    schema: str
    user_id: int = 100
    search_path: tuple[str, ...] = ("public",)
    settings: Mapping[str, str] = field(default_factory=dict)
    privileges: Callable[[str], list[Privilege]] = _none
