"""Finds the stacks of an environment that the app no longer contains."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from operations.environment_clients import EnvironmentClients


@dataclass(frozen=True)
class OrphanedStack:
    """A stack that exists and is not in the app. `stack_id` also identifies a deleted stack."""

    name: str
    stack_id: str
    status: str


def orphaned_stacks(aws: EnvironmentClients, app: Collection[str]) -> list[OrphanedStack]:
    """Return the stacks with the environment's prefix that are not in `app`, newest first.

    A stack depends only on older stacks, so this is the order in which they can be deleted.
    """
    found = [
        stack
        for stack in aws.list_all("cloudformation", "list_stacks", "StackSummaries")
        if stack["StackName"].startswith(aws.prefix)
        and stack["StackName"] not in app
        and stack["StackStatus"] != "DELETE_COMPLETE"
    ]
    return [_orphan(stack) for stack in sorted(found, key=_created, reverse=True)]


def _created(stack: dict[str, Any]) -> Any:
    return stack["CreationTime"]


def _orphan(stack: dict[str, Any]) -> OrphanedStack:
    return OrphanedStack(stack["StackName"], stack["StackId"], stack["StackStatus"])
