"""What IAM policy documents say, without doing anything.

Conditions are not evaluated: an Allow counts as if its condition held, and a Deny with a condition
is passed over. Not looked at: permission boundaries, session policies, service control policies.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache
from typing import Any

Document = Mapping[str, Any]


def is_allowed(documents: Iterable[Document], action: str, resource: str | None) -> bool:
    """Whether identity policies allow the action on the resource: no Deny, and an Allow.

    A resource of None stands for an action whose resource is not known here: then any resource
    that a statement names will do.
    """
    effects = {
        statement["Effect"]
        for document in documents
        for statement in statements(document)
        if applies(statement, action, resource)
    }
    return effects == {"Allow"}


def applies(statement: Mapping[str, Any], action: str, resource: str | None) -> bool:
    """Whether the statement has a say; a Deny with a condition has none."""
    if statement["Effect"] == "Deny" and "Condition" in statement:
        return False
    return _matches_action(statement, action) and _matches_resource(statement, resource)


def allows_service(document: Document, *, service: str, action: str, resource: str) -> bool:
    """Whether a resource's own policy lets a service principal (`events.amazonaws.com`) act."""
    return any(
        statement["Effect"] == "Allow"
        and _names_service(statement.get("Principal"), service)
        and applies(statement, action, resource)
        for statement in statements(document)
    )


def statements(document: Document) -> list[Mapping[str, Any]]:
    """The statements; a single one may stand without a list."""
    return _as_list(document.get("Statement", []))


def _matches_action(statement: Mapping[str, Any], action: str) -> bool:
    """Whether the statement is about the action; case does not matter."""
    if "NotAction" in statement:
        return not _any_match(statement["NotAction"], action)
    return _any_match(statement["Action"], action)


def _matches_resource(statement: Mapping[str, Any], resource: str | None) -> bool:
    if resource is None or not {"Resource", "NotResource"} & set(statement):
        return True
    if "NotResource" in statement:
        return not _any_match(statement["NotResource"], resource, exact_case=True)
    return _any_match(statement["Resource"], resource, exact_case=True)


def _names_service(principal: Any, service: str) -> bool:
    if principal == "*":
        return True
    if not isinstance(principal, Mapping):
        return False
    return service in _as_list(principal.get("Service", [])) or principal.get("AWS") == "*"


def _any_match(patterns: Any, value: str, *, exact_case: bool = False) -> bool:
    flags = 0 if exact_case else re.IGNORECASE
    return any(_pattern(pattern, flags).fullmatch(value) for pattern in _texts(patterns))


def _texts(patterns: Any) -> Iterator[str]:
    yield from _as_list(patterns)


@lru_cache(maxsize=4096)
def _pattern(text: str, flags: int) -> re.Pattern[str]:
    """IAM's wildcards: `*` for any characters, `?` for one."""
    escaped = re.escape(text).replace(r"\*", ".*").replace(r"\?", ".")
    return re.compile(escaped, flags | re.DOTALL)


def _as_list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]
