"""The session's values that SQL functions such as CURRENT_USER return."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

# (user, object, privilege), all in lower case.
HeldPrivilege = tuple[str, str, str]


def _public() -> tuple[str, ...]:
    return ("public",)


def _no_privileges(_: str) -> list[HeldPrivilege]:
    return []


@dataclass(frozen=True)
class TranslationContext:
    """The properties of the session for the translation of a statement.

    `search_path` returns the existing schemas of the search path. `held_privileges` returns the
    privileges of users on each object of a kind: `database`, `schema` or `table`.
    """

    user: str
    database: str
    user_id: int = 100
    parameters: Mapping[str, str] = field(default_factory=dict)
    search_path: Callable[[], tuple[str, ...]] = _public
    held_privileges: Callable[[str], list[HeldPrivilege]] = _no_privileges
