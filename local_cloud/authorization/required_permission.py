"""A right that a call needs."""

from __future__ import annotations

from dataclasses import dataclass, field

from local_cloud.authorization.policy_patterns import Context


@dataclass(frozen=True)
class RequiredPermission:
    """An action on a resource (None: not known here), with condition keys of its own."""

    action: str
    resource: str | None
    context: Context = field(default_factory=dict)
