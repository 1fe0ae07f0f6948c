"""A permission that a call requires."""

from __future__ import annotations

from dataclasses import dataclass, field

from local_cloud.authorization.policy_patterns import Context


@dataclass(frozen=True)
class RequiredPermission:
    """An action, the ARN of its resource (None if it cannot be determined), and condition keys."""

    action: str
    resource: str | None
    context: Context = field(default_factory=dict)
