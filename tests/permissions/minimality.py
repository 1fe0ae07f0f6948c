"""The grants that recorded calls used, and the effect of removing each statement."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from local_cloud.authorization.decision import Call
from local_cloud.authorization.grant_usage import Explanation, plain_name, read_explanations
from local_cloud.authorization.policy import Statement
from local_cloud.authorization.policy_patterns import matches
from tests.permissions.policies import Deployed, call_of

EXPLANATIONS = Path(__file__).parents[2] / "docs" / "unused-grants.toml"


@dataclass(frozen=True)
class Grant:
    """One action or resource of a role's statement; `why` explains an unused grant."""

    role: str
    statement: Statement
    kind: str
    text: str
    used: bool
    why: str

    @property
    def is_unexplained(self) -> bool:
        """Whether the grant is unused and has no explanation."""
        return not self.used and not self.why


@dataclass(frozen=True)
class Mutant:
    """A statement that is removed, and the checks that detect it.

    Recorded calls are denied, or an explanation refers to a missing grant.
    """

    role: str
    statement: Statement
    denied: tuple[str, ...]
    explained: bool

    @property
    def is_noticed(self) -> bool:
        """Whether a test fails without the statement."""
        return bool(self.denied) or self.explained


def grants(deployed: Deployed, recorded: Sequence[Mapping[str, Any]]) -> list[Grant]:
    """Return every grant of every role."""
    explanations = read_explanations(EXPLANATIONS)
    used = _uses(deployed, [call_of(call) for call in recorded])
    return [
        Grant(
            role, statement, kind, text, (statement, text) in used, _why(explanations, role, text)
        )
        for role, statement in deployed.statements()
        for kind, texts in (("action", statement.actions), ("resource", statement.resources))
        for text in texts
    ]


def used_actions(deployed: Deployed, recorded: Sequence[Mapping[str, Any]]) -> set[tuple[str, str]]:
    """Return the pairs of a kind of role and an action that a role of this kind used."""
    every = grants(deployed, recorded)
    return {(kind_of(each.role), each.text) for each in every if each.used}


def kind_of(role: str) -> str:
    """Return the kind of a role: the logical id, which is the same in different stacks."""
    return plain_role(role).rpartition("/")[2]


def mutants(deployed: Deployed, recorded: Sequence[Mapping[str, Any]]) -> list[Mutant]:
    """Return a mutant for every statement of every role."""
    calls = [call_of(call) for call in recorded]
    resting = [(call, deployed.decide(call).statements) for call in calls]
    every = grants(deployed, recorded)
    return [
        Mutant(
            role,
            statement,
            denied=tuple(
                call.action
                for call, statements in resting
                if statement in statements and not deployed.decide(call, without=statement).allowed
            ),
            explained=any(
                grant.statement is statement and not grant.used and bool(grant.why)
                for grant in every
            ),
        )
        for role, statement in deployed.statements()
    ]


def stale(found: Iterable[Grant]) -> list[Explanation]:
    """Return the explanations of grants that do not exist or that are used."""
    unused = [(plain_role(grant.role), grant.text) for grant in found if not grant.used]
    return [
        explanation
        for explanation in read_explanations(EXPLANATIONS)
        if not any(explanation.fits(role, text) for role, text in unused)
    ]


def _uses(deployed: Deployed, calls: Iterable[Call]) -> set[tuple[Statement, str]]:
    """Return pairs of a statement and an action or resource with which it allowed a call."""
    found: set[tuple[Statement, str]] = set()
    for call in calls:
        for statement in deployed.decide(call).statements:
            found |= {
                (statement, pattern)
                for pattern in statement.actions
                if matches(pattern, call.action, call.context, exact_case=False)
            }
            found |= {
                (statement, pattern)
                for pattern in statement.resources
                if call.resource is not None and matches(pattern, call.resource, call.context)
            }
    return found


def _why(explanations: Sequence[Explanation], role: str, text: str) -> str:
    plain = plain_role(role)
    return next((found.why for found in explanations if found.fits(plain, text)), "")


def plain_role(role: str) -> str:
    """Return `stack/logical id` of a role, without the hash that CDK appends."""
    return plain_name(role.strip("<>"))
