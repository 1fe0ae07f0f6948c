"""Checks actions that a service performs with a role inside the server, without a request."""

from __future__ import annotations

from dataclasses import dataclass

from local_cloud.authorization.authorizer import require_permission
from local_cloud.authorization.iam_roles import AssumedRole, role_named
from local_cloud.authorization.policy_patterns import Context
from local_cloud.errors import LocalCloudError


@dataclass(frozen=True)
class _Assumed:
    """A session of a service, with the attributes of moto's session record."""

    arn: str
    session_name: str
    policy: str | None = None


def require_role_permission(
    role_arn: str, session: str, action: str, resource: str, context: Context | None = None
) -> None:
    """Raise `NotAuthorized` unless the role's policies allow the action.

    `session` is the name of the session in which the service assumes the role.
    """
    require_permission(_session(role_arn, session), action, resource, context or {})


def user_id(role_arn: str, session: str) -> str:
    """Return the `aws:userid` of the role in the session with this name."""
    return _session(role_arn, session).user_id


def _session(role_arn: str, session: str) -> AssumedRole:
    account, name = role_arn.split(":")[4], role_arn.rpartition("/")[2]
    role = role_named(name, account)
    if role is None:
        raise LocalCloudError(f"there is no role {role_arn}")
    arn = f"arn:aws:sts::{account}:assumed-role/{name}/{session}"
    return AssumedRole(role, _Assumed(arn, session))
