"""What moto asks a bucket itself, before and after the check of a request."""

from __future__ import annotations

from typing import Any

from moto.iam.access_control import PermissionResult

from local_cloud.authorization.decision import Call, Policies, decide
from local_cloud.authorization.policy import read_policy
from local_cloud.authorization.principals import ANONYMOUS


def bucket_permission(bucket: Any, action: str, resource: str) -> Any:
    """moto's seam: whether anybody may do this with an object, signed or not.

    Who has signed is checked by `check.authorize`, the bucket's policy included; moto asks here
    what is open to those who have not.
    """
    if bucket.policy is None:
        return PermissionResult.NEUTRAL
    policy = read_policy("bucket policy", bucket.policy.decode())
    decision = decide(Call(ANONYMOUS, action, resource), Policies(resource=policy))
    return PermissionResult.PERMITTED if decision.allowed else PermissionResult.NEUTRAL
