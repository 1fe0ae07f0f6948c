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
    """Return the environment's stacks that are not in `app`, newest first.

    A stack depends only on older stacks, so this is the order in which they can be deleted. A stack
    of the environment has its prefix and its tags: another stack may have the prefix by chance.
    """
    found = [
        stack
        for stack in aws.list_all("cloudformation", "list_stacks", "StackSummaries")
        if stack["StackName"].startswith(aws.prefix)
        and stack["StackName"] not in app
        and stack["StackStatus"] != "DELETE_COMPLETE"
        and _has_tags(aws, stack["StackId"])
    ]
    return [_orphan(stack) for stack in sorted(found, key=_created, reverse=True)]


def _has_tags(aws: EnvironmentClients, stack: str) -> bool:
    """Return whether a resource has the environment's tags. The CDK does not tag the stacks."""
    template = aws.clients("cloudformation").get_template(StackName=stack)["TemplateBody"]
    resources = template["Resources"].values() if isinstance(template, dict) else ()
    tags = aws.environment.tags()
    expected = [{"Key": key, "Value": tags[key]} for key in ("Project", "Environment")]
    return any(
        all(tag in resource.get("Properties", {}).get("Tags", ()) for tag in expected)
        for resource in resources
    )


def _created(stack: dict[str, Any]) -> Any:
    return stack["CreationTime"]


def _orphan(stack: dict[str, Any]) -> OrphanedStack:
    return OrphanedStack(stack["StackName"], stack["StackId"], stack["StackStatus"])
