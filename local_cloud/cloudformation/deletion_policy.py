"""What becomes of a resource that its stack does not want any more."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

DELETION, REPLACEMENT = "DeletionPolicy", "UpdateReplacePolicy"


def is_retained(source: Mapping[str, Any], policy: str, *, newly_created: bool) -> bool:
    """Whether the resource outlives its stack.

    `source` is its part of the template and `policy` the attribute that decides; `newly_created`:
    the operation that is being rolled back has created it, so it holds no data.
    https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-attribute-deletionpolicy.html
    """
    wanted = source.get(policy)
    return wanted == "Retain" or (wanted == "RetainExceptOnCreate" and not newly_created)


def leaves_snapshot(source: Mapping[str, Any], policy: str) -> bool:
    """Whether a snapshot is made of the resource before it goes."""
    return source.get(policy) == "Snapshot"
