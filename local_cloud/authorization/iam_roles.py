"""Finds the role of an access key, and the policies and trust policy of a role."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from moto.iam.models import ManagedPolicy, iam_backends
from moto.sts.models import sts_backends

from local_cloud.authorization.policy import Policy, read_policy
from local_cloud.authorization.principals import Caller

_PARTITION = "aws"
# Access keys are random and never reused, so the session of a key can be cached.
_ASSUMED: dict[str, Any] = {}


@dataclass(frozen=True)
class AssumedRole:
    """An assumed role: moto's role and moto's record of the session."""

    role: Any
    assumed: Any

    @property
    def caller(self) -> Caller:
        """The caller, in the format of principals in policies."""
        return Caller(
            account=self.role.account_id, role=self.role.arn, session=str(self.assumed.arn)
        )

    @property
    def user_id(self) -> str:
        """The value of `aws:userid`."""
        return f"{self.role.id}:{self.assumed.session_name}"


def session_of(access_key: str, token: str | None, account: str) -> AssumedRole | None:
    """Return the session with this key and token.

    Return None if there is no such session, or if its role was deleted.
    """
    assumed = _ASSUMED.get(access_key) or _look_up(access_key, account)
    if assumed is None or (token is not None and assumed.session_token != token):
        return None
    role = role_named(assumed.role_arn.rpartition("/")[2], account)
    return None if role is None else AssumedRole(role, assumed)


def session_secret(access_key: str, token: str | None) -> str | None:
    """Return the secret access key of the session with this key and token, or None.

    The session may be of a role of another account.
    """
    accounts = list(sts_backends)
    found = (_ASSUMED.get(access_key) or _look_up(access_key, account) for account in accounts)
    assumed = next((each for each in found if each is not None), None)
    if assumed is None or assumed.session_token != token:
        return None
    secret: str = assumed.secret_access_key
    return secret


def role_named(name: str, account: str) -> Any | None:
    """Return moto's role with that name, or None."""
    roles = list(iam_backends[account][_PARTITION].roles.values())
    return next((role for role in roles if role.name == name), None)


def user_id_of(arn: str) -> str:
    """Return the `aws:userid` for a caller's ARN. For a session it is `role id:session name`."""
    kind, *names = arn.split(":", 5)[5].split("/")
    role = role_named(names[0], arn.split(":")[4]) if kind == "assumed-role" else None
    return names[-1] if role is None else f"{role.id}:{names[-1]}"


def roles_of(account: str) -> list[Any]:
    """Return all roles of the account."""
    return list(iam_backends[account][_PARTITION].roles.values())


def role_policies(role: Any) -> list[Policy]:
    """Return the inline and the attached policies of the role."""
    inline = [read_policy(name, text) for name, text in list(role.policies.items())]
    attached = [_managed(policy) for policy in list(role.managed_policies.values())]
    return [*inline, *attached]


def boundary_of(role: Any) -> list[Policy] | None:
    """Return the permissions boundary of the role, or None."""
    arn = role.permissions_boundary_arn
    if not arn:
        return None
    return [_managed(iam_backends[role.account_id][_PARTITION].managed_policies[arn])]


def trust_of(role: Any) -> Policy:
    """Return the trust policy of the role."""
    return read_policy(f"trust of {role.name}", role.assume_role_policy_document)


def tags_of(role: Any) -> Mapping[str, str]:
    """Return the tags of the role."""
    tags = role.tags or {}
    if isinstance(tags, Mapping):
        return {key: tag["Value"] if isinstance(tag, Mapping) else tag for key, tag in tags.items()}
    return {tag["Key"]: tag["Value"] for tag in tags}


def _look_up(access_key: str, account: str) -> Any | None:
    for assumed in reversed(list(sts_backends[account][_PARTITION].assumed_roles)):
        if assumed.access_key_id == access_key:
            _ASSUMED[access_key] = assumed
            return assumed
    return None


def _managed(policy: ManagedPolicy) -> Policy:
    default = next(v for v in policy.versions if v.version_id == policy.default_version_id)
    return read_policy(policy.name, default.document)
