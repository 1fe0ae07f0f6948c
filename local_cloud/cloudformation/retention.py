"""What becomes of a resource that its stack does not want any more."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

DELETION, REPLACEMENT = "DeletionPolicy", "UpdateReplacePolicy"


def stays(source: Mapping[str, Any], policy: str, *, just_made: bool) -> bool:
    """Whether the resource outlives its stack.

    `source` is its part of the template and `policy` the attribute that decides; `just_made`: the
    operation that is being rolled back has made it, and so nothing of worth is in it.
    https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-attribute-deletionpolicy.html
    """
    wanted = source.get(policy)
    return wanted == "Retain" or (wanted == "RetainExceptOnCreate" and not just_made)


def leaves_snapshot(source: Mapping[str, Any], policy: str) -> bool:
    """Whether a snapshot is made of the resource before it goes."""
    return source.get(policy) == "Snapshot"
