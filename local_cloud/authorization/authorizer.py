"""Authorizes calls: collects the applicable policies, decides, and records the decision."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from local_cloud.authorization.call_record import CALL_RECORD
from local_cloud.authorization.context_keys import caller_keys, service_keys
from local_cloud.authorization.decision import Call, Decision, Policies, decide
from local_cloud.authorization.iam_roles import AssumedRole, boundary_of, role_policies
from local_cloud.authorization.policy import Policy, read_policy
from local_cloud.authorization.policy_patterns import Context
from local_cloud.authorization.principals import Caller
from local_cloud.authorization.resource_owners import owner_keys
from local_cloud.authorization.resource_policies import DECIDING, resource_policy
from local_cloud.context import ACCOUNT_ID
from local_cloud.errors import LocalCloudError


class NotAuthorized(LocalCloudError):
    """The policies do not allow a role or a service to perform the action."""


def evaluate_call(
    caller: Caller | AssumedRole,
    action: str,
    resource: str | None,
    context: Context,
    *,
    endpoint: Policy | None = None,
) -> Decision:
    """Decide whether the call is allowed, and record the decision.

    For a role's session, its policies and condition keys are added to the call. `endpoint` is the
    policy of the VPC endpoint through which the call goes.
    """
    if isinstance(caller, AssumedRole):
        keys = {**caller_keys(caller), **owner_keys(resource), **context}
        call = Call(caller.caller, action, resource, keys)
        policies = _policies(call, caller)
    else:
        call = Call(caller, action, resource, {**context, **owner_keys(resource)})
        policies = _policies(call, None)
    policies = replace(policies, endpoint=endpoint)
    decision = decide(call, policies)
    CALL_RECORD.add(call, decision)
    return decision


def require_permission(
    session: AssumedRole, action: str, resource: str | None, context: Context
) -> None:
    """Raise `NotAuthorized`, with the service's text, unless the role may perform the action."""
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
    """Raise `NotAuthorized` unless the resource's policy allows the service to perform the action.

    `service` is a principal such as `events.amazonaws.com`. `source_arn` and `source_account`
    become the keys aws:SourceArn and aws:SourceAccount; they are None if AWS does not set the key.
    """
    context = service_keys(service, source_arn=source_arn, source_account=source_account)
    decision = evaluate_call(Caller(service=service), action, resource, {**context, **(more or {})})
    if not decision.allowed:
        raise NotAuthorized(denial_message(service, action, resource, decision))


def denial_message(caller_name: str, action: str, resource: str | None, decision: Decision) -> str:
    """Return the text of an AccessDenied error."""
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
