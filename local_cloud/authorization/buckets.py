"""What a bucket's own policy says to a request."""

from __future__ import annotations

import json
from typing import Any

from moto.iam.access_control import PermissionResult

from local_cloud.authorization.policy import applies, statements


def bucket_permission(bucket: Any, action: str, resource: str) -> Any:
    """moto's seam: the policy's verdict for everybody (principal `*`) on an object.

    moto takes a Deny whose condition it cannot check (as "not over TLS") for a denial; here
    conditions are not evaluated: a Deny with one is passed over. What names other principals
    is left to their own policies.
    """
    policy = {} if bucket.policy is None else json.loads(bucket.policy)
    effects = {
        statement["Effect"]
        for statement in statements(policy)
        if _is_for_everybody(statement) and applies(statement, action, resource)
    }
    if "Deny" in effects:
        return PermissionResult.DENIED
    return PermissionResult.PERMITTED if "Allow" in effects else PermissionResult.NEUTRAL


def _is_for_everybody(statement: Any) -> bool:
    return statement.get("Principal") in ("*", {"AWS": "*"})
