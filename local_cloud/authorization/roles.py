"""Which role stands behind a key, what it may do, and who may take it on."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import unquote

from moto.iam.models import ManagedPolicy, iam_backends
from moto.sts.models import sts_backends

from local_cloud.authorization.policy import Document, allows_service
from local_cloud.errors import LocalCloudError

_PARTITION = "aws"


class RoleNotAssumable(LocalCloudError):
    """A role's trust policy does not name the service that should take it on."""


def role_of(access_key: str, account: str) -> tuple[str, str] | None:
    """The name and the session's ARN of the role that was given this key.

    None for other keys, and for a role that has been deleted.
    """
    for assumed in sts_backends[account][_PARTITION].assumed_roles:
        name = assumed.role_arn.rpartition("/")[2]
        if assumed.access_key_id == access_key and _exists(name, account):
            return name, assumed.arn
    return None


def policies_of(role_name: str, account: str) -> list[Document]:
    """Every policy of the role, inline and attached."""
    backend = iam_backends[account][_PARTITION]
    inline = [
        backend.get_role_policy(role_name, n)[1] for n in backend.list_role_policies(role_name)
    ]
    attached, _ = backend.list_attached_role_policies(role_name)
    return [_document(policy) for policy in [*inline, *attached]]


def check_trust(role_arn: str, service: str) -> None:
    """Raise `RoleNotAssumable` unless the role's trust policy names the service.

    `service` is a principal like `lambda.amazonaws.com`.
    """
    account, name = role_arn.split(":")[4], role_arn.rpartition("/")[2]
    if not _exists(name, account):
        raise RoleNotAssumable(f"{service} cannot assume {role_arn}: there is no such role")
    role = iam_backends[account][_PARTITION].get_role(name)
    trust = _parsed(role.assume_role_policy_document)
    if not allows_service(trust, service=service, action="sts:AssumeRole", resource=role_arn):
        raise RoleNotAssumable(
            f"{service} cannot assume {role_arn}: its trust policy does not name it. "
            "Add the service as a principal with sts:AssumeRole."
        )


def _exists(role_name: str, account: str) -> bool:
    roles = iam_backends[account][_PARTITION].roles.values()
    return any(role.name == role_name for role in roles)


def _document(policy: Any) -> Document:
    if isinstance(policy, ManagedPolicy):
        default = next(v for v in policy.versions if v.version_id == policy.default_version_id)
        return _parsed(default.document)
    return _parsed(policy)


def _parsed(document: Any) -> Document:
    if isinstance(document, str):
        parsed: Document = json.loads(unquote(document))
        return parsed
    result: Document = document
    return result
