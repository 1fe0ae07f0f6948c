"""How policies together decide one call.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from local_cloud.authorization.policy import Policy, Statement
from local_cloud.authorization.policy_patterns import Context
from local_cloud.authorization.principals import Caller, Match, matched


@dataclass(frozen=True)
class Call:
    """Who wants to do what; a resource of None is one that is not known here."""

    caller: Caller
    action: str
    resource: str | None
    context: Context = field(default_factory=dict)


@dataclass(frozen=True)
class Policies:
    """What has a say: the caller's own policies, the boundary, and the resource's policy.

    A `boundary` of None is no boundary. `resource_decides` is true for keys and roles: what their
    own policy does not give, to the caller or to the account, no other policy can give.
    """

    identity: Sequence[Policy] = ()
    boundary: Sequence[Policy] | None = None
    session: Sequence[Policy] | None = None
    resource: Policy | None = None
    resource_decides: bool = False


@dataclass(frozen=True)
class Decision:
    """The verdict, the statements that it rests on, and the reason in the service's words."""

    allowed: bool
    statements: tuple[Statement, ...]
    why: str = ""


def decide(call: Call, policies: Policies) -> Decision:
    """Explicit deny, then the resource's policy, then the caller's own within its bounds."""
    own = _applying(call, policies.identity)
    bounds = [
        (name, _applying(call, bound))
        for name, bound in (
            ("permissions boundary", policies.boundary),
            ("session policy", policies.session),
        )
        if bound is not None
    ]
    given = _given(call, policies.resource)
    denied = [s for s in [*own, *(s for _, b in bounds for s in b), *given] if not s.allows]
    if denied:
        return Decision(False, tuple(denied), "with an explicit deny")
    return _allowed(call, policies, own, bounds, given)


def _allowed(
    call: Call,
    policies: Policies,
    own: list[Statement],
    bounds: list[tuple[str, list[Statement]]],
    given: dict[Statement, Match],
) -> Decision:
    """The verdict where nothing is denied explicitly."""
    if policies.resource_decides and not given:
        return Decision(False, (), "because no resource-based policy allows the action")
    for name, bound in bounds:
        if not bound:
            return Decision(False, (), f"because no {name} allows the action")
    direct = [statement for statement, match in given.items() if match is Match.YES]
    if direct and not own:
        return Decision(True, tuple(direct))
    if not own:
        kind = "resource" if call.caller.service else "identity"
        return Decision(False, (), f"because no {kind}-based policy allows the action")
    return Decision(True, (*own, *(direct or given)))


def _applying(call: Call, policies: Sequence[Policy]) -> list[Statement]:
    return [
        statement
        for policy in policies
        for statement in policy.statements
        if statement.applies(call.action, call.resource, call.context)
    ]


def _given(call: Call, policy: Policy | None) -> dict[Statement, Match]:
    """The applying statements of the resource's policy that mean the caller, and how."""
    found = {
        statement: matched(statement.body, call.caller)
        for statement in (() if policy is None else policy.statements)
        if statement.applies(call.action, call.resource, call.context)
    }
    return {statement: match for statement, match in found.items() if match is not Match.NO}
