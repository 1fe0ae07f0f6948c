"""Callers. Determines whether the Principal of a resource's policy matches a caller.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import IntEnum
from typing import Any


class Match(IntEnum):
    """The kinds of match between a Principal element and a caller."""

    NO = 0
    ACCOUNT = 1  # the element allows the account, so the caller's own policies decide
    YES = 2


@dataclass(frozen=True)
class Caller:
    """A role's session, a service (`events.amazonaws.com`), or an anonymous caller.

    `role` and `session` are ARNs. Both are empty for services and for unsigned requests.
    """

    account: str = ""
    role: str = ""
    session: str = ""
    service: str = ""

    @property
    def name(self) -> str:
        """The name of the caller in AccessDenied messages."""
        return self.session or self.service or "anonymous"


ANONYMOUS = Caller()


def matched(statement: Mapping[str, Any], caller: Caller) -> Match:
    """Return how the Principal or NotPrincipal of the statement matches the caller."""
    if "NotPrincipal" in statement:
        return Match.YES if _match(statement["NotPrincipal"], caller) is Match.NO else Match.NO
    return _match(statement.get("Principal"), caller)


def _match(principal: Any, caller: Caller) -> Match:
    if principal == "*":
        return Match.YES
    if not isinstance(principal, Mapping):
        return Match.NO
    if caller.service:
        return _best(
            Match.YES if name in (caller.service, "*") else Match.NO
            for name in _as_list(principal.get("Service", []))
        ) or _match_everyone(principal)
    return _best(_match_arn(name, caller) for name in _as_list(principal.get("AWS", [])))


def _match_everyone(principal: Mapping[str, Any]) -> Match:
    return Match.YES if "*" in _as_list(principal.get("AWS", [])) else Match.NO


def _match_arn(name: str, caller: Caller) -> Match:
    if name == "*" or (caller.role and name in (caller.role, caller.session)):
        return Match.YES
    whole = {caller.account, f"arn:aws:iam::{caller.account}:root"}
    return Match.ACCOUNT if caller.account and name in whole else Match.NO


def _best(matches: Any) -> Match:
    return max(matches, default=Match.NO)


def _as_list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]
