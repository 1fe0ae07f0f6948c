"""Decides from all policies whether a call is allowed.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html
The policy of a VPC endpoint is evaluated in addition, and does not replace the others:
https://docs.aws.amazon.com/vpc/latest/privatelink/vpc-endpoints-access.html. AWS' reasons:
https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_access-denied.html
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from local_cloud.authorization.policy import Policy, Statement
from local_cloud.authorization.policy_patterns import Context
from local_cloud.authorization.principals import Caller, Match, matched


@dataclass(frozen=True)
class Call:
    """A caller, an action and a resource. The resource is None if its ARN cannot be determined."""

    caller: Caller
    action: str
    resource: str | None
    context: Context = field(default_factory=dict)


@dataclass(frozen=True)
class Policies:
    """The policies that apply to a call.

    `identity` are the caller's policies. `boundary` and `session` are None if the caller has no
    permissions boundary or session policy. `resource` is the resource's policy, if any. With
    `resource_decides` (keys and roles) it must allow the call to the caller or to the account.
    `endpoint` is the policy of the VPC endpoint through which the call goes, if any.
    """

    identity: Sequence[Policy] = ()
    boundary: Sequence[Policy] | None = None
    session: Sequence[Policy] | None = None
    resource: Policy | None = None
    resource_decides: bool = False
    endpoint: Policy | None = None


@dataclass(frozen=True)
class Decision:
    """Whether the call is allowed, the deciding statements, and the reason in AWS' wording."""

    allowed: bool
    statements: tuple[Statement, ...]
    why: str = ""


def decide(call: Call, policies: Policies) -> Decision:
    """Decide a call. An explicit deny in any policy takes precedence."""
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
    through = _given(call, policies.endpoint)
    if any(not statement.allows for statement in through):
        return Decision(False, tuple(through), "with an explicit deny in a VPC endpoint policy")
    denied = [s for s in [*own, *(s for _, b in bounds for s in b), *given] if not s.allows]
    if denied:
        return Decision(False, tuple(denied), "with an explicit deny")
    if policies.endpoint is not None and not through:
        return Decision(
            False, (), f"because no VPC endpoint policy allows the {call.action} action"
        )
    return _allowed(call, policies, own, bounds, given)


def _allowed(
    call: Call,
    policies: Policies,
    own: list[Statement],
    bounds: list[tuple[str, list[Statement]]],
    given: dict[Statement, Match],
) -> Decision:
    """Decide a call that no statement denies explicitly."""
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
    """Return the statements that apply to the call and match the caller, with the kind of match."""
    found = {
        statement: matched(statement.body, call.caller)
        for statement in (() if policy is None else policy.statements)
        if statement.applies(call.action, call.resource, call.context)
    }
    return {statement: match for statement, match in found.items() if match is not Match.NO}
