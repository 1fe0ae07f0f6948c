"""The verdict on a call: gathers the policies that have a say, decides, and keeps a record."""

from __future__ import annotations

from collections.abc import Mapping

from local_cloud.authorization.call_record import CALL_RECORD
from local_cloud.authorization.context_keys import caller_keys, service_keys
from local_cloud.authorization.decision import Call, Decision, Policies, decide
from local_cloud.authorization.iam_roles import AssumedRole, boundary_of, role_policies
from local_cloud.authorization.policy import Policy, read_policy
from local_cloud.authorization.policy_patterns import Context
from local_cloud.authorization.principals import Caller
from local_cloud.authorization.resource_policies import DECIDING, resource_policy
from local_cloud.context import ACCOUNT_ID
from local_cloud.errors import LocalCloudError


class NotAuthorized(LocalCloudError):
    """A policy does not let a role or a service do what it tried."""


def evaluate_call(
    caller: Caller | AssumedRole, action: str, resource: str | None, context: Context
) -> Decision:
    """Decide and record; a role's session brings its own policies and condition keys."""
    if isinstance(caller, AssumedRole):
        call = Call(caller.caller, action, resource, {**caller_keys(caller), **context})
        policies = _policies(call, caller)
    else:
        call = Call(caller, action, resource, context)
        policies = _policies(call, None)
    decision = decide(call, policies)
    CALL_RECORD.add(call, decision)
    return decision


def require_permission(
    session: AssumedRole, action: str, resource: str | None, context: Context
) -> None:
    """Raise `NotAuthorized`, in the service's words, unless the role may do it."""
    decision = evaluate_call(session, action, resource, context)
    if not decision.allowed:
        raise NotAuthorized(
            "User: " + denial_message(session.caller.session, action, resource, decision)
        )


def require_service_permission(
    service: str,
    action: str,
    resource: str,
    *,
    source_arn: str | None = None,
    source_account: str | None = ACCOUNT_ID,
    more: Mapping[str, tuple[str, ...]] | None = None,
) -> None:
    """Raise `NotAuthorized` unless the resource's own policy lets the service act.

    `service` is a principal like `events.amazonaws.com`; `source_arn` and `source_account` are what
    it says to act for, None where the real service says nothing.
    """
    context = service_keys(service, source_arn=source_arn, source_account=source_account)
    decision = evaluate_call(Caller(service=service), action, resource, {**context, **(more or {})})
    if not decision.allowed:
        raise NotAuthorized(denial_message(service, action, resource, decision))


def denial_message(caller_name: str, action: str, resource: str | None, decision: Decision) -> str:
    """What the services say to those whom they deny something."""
    on = f" on resource: {resource}" if resource and resource != "*" else ""
    return f"{caller_name} is not authorized to perform: {action}{on} {decision.why}"


def _policies(call: Call, session: AssumedRole | None) -> Policies:
    own = resource_policy(call.action, call.resource)
    decides = own is not None and str(call.resource).split(":")[2] in DECIDING
    if session is None:
        return Policies(resource=own, resource_decides=decides)
    return Policies(
        identity=role_policies(session.role),
        boundary=boundary_of(session.role),
        session=_session_policy(session),
        resource=own,
        resource_decides=decides,
    )


def _session_policy(session: AssumedRole) -> list[Policy] | None:
    text = session.assumed.policy
    return [read_policy("session", text)] if text else None
