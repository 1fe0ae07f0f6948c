"""Checks whether the trust policy of a role allows a service to assume the role."""

from __future__ import annotations

import re

from local_cloud.authorization.authorizer import NotAuthorized, require_service_permission
from local_cloud.authorization.iam_roles import role_named
from local_cloud.errors import LocalCloudError

_ROLE_ARN = re.compile(r"arn:aws:iam::(\d{12}):role/(?:.*/)?([^/]+)")


class RoleNotAssumable(LocalCloudError):
    """The trust policy of a role does not allow the service to assume the role."""


def check_trust(
    role_arn: str, service: str, *, source_arn: str | None = None, external_id: str | None = None
) -> None:
    """Raise `RoleNotAssumable` unless the trust policy allows the service to assume the role.

    `service` is a principal such as `lambda.amazonaws.com`; `source_arn` is the resource for which
    the service acts. aws:SourceAccount is always set. Redshift passes the database user as
    `external_id`.
    """
    matched = _ROLE_ARN.fullmatch(role_arn)
    if matched is None:
        raise RoleNotAssumable(
            f"{role_arn!r} is not the ARN of a role (expected arn:aws:iam::ACCOUNT:role/NAME)"
        )
    account, name = matched.groups()
    if role_named(name, account) is None:
        raise RoleNotAssumable(f"{service} cannot assume {role_arn}: there is no such role")
    more = {} if external_id is None else {"sts:externalid": (external_id,)}
    try:
        require_service_permission(
            service, "sts:AssumeRole", role_arn, source_arn=source_arn, more=more
        )
    except NotAuthorized as error:
        raise RoleNotAssumable(
            f"{service} cannot assume {role_arn}: its trust policy does not allow it. "
            "Allow sts:AssumeRole to the service as a principal, with conditions that are true for "
            f"{source_arn or 'this account'}."
        ) from error
