"""The identity that signed a request."""

from __future__ import annotations

from moto.iam import iam_backends
from moto.sts import sts_backends
from moto.utilities.utils import get_partition


def caller_arn(access_key: str, account: str, region: str) -> str:
    """Return the ARN of the identity that signed a request: role session, user, administrator."""
    role = sts_backends[account][get_partition(region)].get_assumed_role_from_access_key(access_key)
    if role is not None:
        return str(role.arn)
    for user in list(iam_backends[account][get_partition(region)].users.values()):
        if any(key.access_key_id == access_key for key in user.access_keys):
            return str(user.arn)
    return f"arn:aws:iam::{account}:user/administrator"
