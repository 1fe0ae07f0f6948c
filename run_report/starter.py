"""Who started an execution."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

# A part of the name of the role with which a rule of the pipeline's stack starts it -> the reason.
_RULES = {"-ScheduleRole": "schedule", "-RetrainingRole": "drift"}


def starter(described: Mapping[str, Any]) -> str | None:
    """Return the rule, the person or the role, from DescribePipelineExecution; None if unknown."""
    creator = described.get("CreatedBy", {})
    arn = creator.get("IamIdentity", {}).get("Arn")
    for part, reason in _RULES.items():
        if arn and part in arn:
            return f"{reason} (role {arn.split('/')[1]})"
    return creator.get("UserProfileName") or arn
