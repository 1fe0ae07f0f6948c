"""The permission check of buckets, which moto performs besides the check of the request."""

from __future__ import annotations

from typing import Any

from moto.iam.access_control import PermissionResult

from local_cloud.authorization.decision import Call, Policies, decide
from local_cloud.authorization.policy import read_policy
from local_cloud.authorization.principals import ANONYMOUS


def bucket_permission(bucket: Any, action: str, resource: str) -> Any:
    """Return whether the bucket policy allows the action to anonymous callers.

    This replaces moto's method. Signed requests are checked by `request_authorization.authorize`,
    which includes the bucket policy.
    """
    if bucket.policy is None:
        return PermissionResult.NEUTRAL
    policy = read_policy("bucket policy", bucket.policy.decode())
    decision = decide(Call(ANONYMOUS, action, resource), Policies(resource=policy))
    return PermissionResult.PERMITTED if decision.allowed else PermissionResult.NEUTRAL
