"""What moto asks a bucket itself, before and after the check of a request."""

from __future__ import annotations

from typing import Any

from moto.iam.access_control import PermissionResult

from local_cloud.authorization.policy import allows_anybody


def bucket_permission(bucket: Any, action: str, resource: str) -> Any:
    """moto's seam: whether anybody may do this with an object, signed or not.

    Who has signed is checked by `check.authorize`, the bucket's policy included; moto asks here
    what is open to those who have not.
    """
    if bucket.policy is not None and allows_anybody(bucket.policy.decode(), action, resource):
        return PermissionResult.PERMITTED
    return PermissionResult.NEUTRAL
