"""Decides whether a removed resource is deleted or retained, and whether a snapshot is created."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

DELETION, REPLACEMENT = "DeletionPolicy", "UpdateReplacePolicy"


def is_retained(source: Mapping[str, Any], policy: str, *, newly_created: bool) -> bool:
    """Return whether the resource is retained.

    `source` is the resource in the template; `policy` is DeletionPolicy or UpdateReplacePolicy.
    `newly_created` means that the rolled-back operation created the resource: it has no data yet.
    https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-attribute-deletionpolicy.html
    """
    wanted = source.get(policy)
    return wanted == "Retain" or (wanted == "RetainExceptOnCreate" and not newly_created)


def leaves_snapshot(source: Mapping[str, Any], policy: str) -> bool:
    """Return whether a snapshot of the resource is created before its deletion."""
    return source.get(policy) == "Snapshot"
