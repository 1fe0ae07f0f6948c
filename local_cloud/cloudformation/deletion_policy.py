"""Whether a resource that leaves its stack is deleted, retained, or saved in a snapshot."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

DELETION, REPLACEMENT = "DeletionPolicy", "UpdateReplacePolicy"


def is_retained(source: Mapping[str, Any], policy: str, *, newly_created: bool) -> bool:
    """Return whether the resource is retained.

    `source` is the resource in the template; `policy` is the attribute that decides.
    `newly_created`: the operation that is rolled back created the resource, so it holds no data.
    https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-attribute-deletionpolicy.html
    """
    wanted = source.get(policy)
    return wanted == "Retain" or (wanted == "RetainExceptOnCreate" and not newly_created)


def leaves_snapshot(source: Mapping[str, Any], policy: str) -> bool:
    """Return whether a snapshot of the resource is created before its deletion."""
    return source.get(policy) == "Snapshot"
