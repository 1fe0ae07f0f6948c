"""Protection of deployed stacks: their stack policies and their termination protection."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from operations.assembly import Assembly, Resource, Stack
from operations.environment_clients import EnvironmentClients

_SERVICE = "cloudformation"
# The policy of a stack cannot be deleted, only replaced.
ALLOW_ALL = {
    "Statement": [{"Effect": "Allow", "Principal": "*", "Action": "Update:*", "Resource": "*"}]
}
_RESOURCE = "LogicalResourceId/"
# An existing resource takes the place of an own resource of the same group.
_GROUPS = (
    {
        "AWS::Redshift::Cluster",
        "AWS::RedshiftServerless::Namespace",
        "AWS::RedshiftServerless::Workgroup",
    },
    {"AWS::S3::Bucket"},
    {"AWS::KMS::Key"},
)


@dataclass(frozen=True)
class DeployedStack:
    """A deployed stack: its stack policy, and whether DeleteStack is refused.

    `is_lifted` is true after `lift_protection`, until the protection is set again.
    """

    name: str
    policy: Mapping[str, Any]
    is_kept: bool
    is_lifted: bool

    @property
    def unchangeable(self) -> tuple[str, ...]:
        """The logical ids of the resources that no deployment may change."""
        return tuple(
            str(each["Resource"]).removeprefix(_RESOURCE)
            for each in self.policy["Statement"]
            if each["Effect"] == "Deny" and str(each["Resource"]).startswith(_RESOURCE)
        )


def deployed_stacks(aws: EnvironmentClients) -> list[DeployedStack]:
    """Return the stacks of the environment that exist."""
    return [
        _deployed_stack(aws, each)
        for each in aws.list_all(_SERVICE, "describe_stacks", "Stacks")
        if each["StackName"].startswith(aws.prefix) and each["StackStatus"] != "REVIEW_IN_PROGRESS"
    ]


def set_protection(aws: EnvironmentClients, wanted: Assembly) -> list[str]:
    """Protect the deployed stacks as their templates say. Return the names of changed stacks."""
    stacks = {stack.name: stack for stack in wanted.stacks if stack.policy is not None}
    changed = []
    for deployed in deployed_stacks(aws):
        stack = stacks.get(deployed.name)
        if stack and (deployed.policy, deployed.is_kept) != (stack.policy, True):
            _set(aws, deployed.name, stack.policy or ALLOW_ALL, keep=True)
            changed.append(deployed.name)
    return changed


def lift_protection(aws: EnvironmentClients, stack: str) -> None:
    """Allow all changes of the stack, and its deletion."""
    _set(aws, stack, ALLOW_ALL, keep=False)


def refused_changes(aws: EnvironmentClients, wanted: Assembly) -> Iterator[str]:
    """Yield `stack: logical id` of the resources that must not change, and that would change.

    The deployed policy counts, not the one in the template: a deployment cannot lift it.
    """
    stacks = {stack.name: stack for stack in wanted.stacks}
    for deployed in deployed_stacks(aws):
        if deployed.name not in stacks or not deployed.unchangeable:
            continue
        before = _template(aws, deployed.name)["Resources"]
        after = _properties(stacks[deployed.name])
        for logical_id in deployed.unchangeable:
            known = before.get(logical_id, {}).get("Properties")
            if known != after.get(logical_id):
                yield f"{deployed.name}: {logical_id}"


def resources_given_up(aws: EnvironmentClients, wanted: Assembly) -> Iterator[Resource]:
    """Yield own resources with data that a deployment deletes because existing ones replace them.

    Their properties are empty, and their id is the physical one. A lifted protection allows it.
    """
    stacks = {stack.name: stack for stack in wanted.stacks if stack.existing}
    for deployed in deployed_stacks(aws):
        if deployed.name in stacks and not deployed.is_lifted:
            yield from _given_up(aws, stacks[deployed.name])


def deletion(given_up: Resource) -> str:
    """Return what a deployment would do to the resource."""
    return (
        f"it would delete {given_up.logical_id} ({given_up.kind}), because the environment names "
        "an existing resource instead"
    )


def remedy_of_deletion(aws: EnvironmentClients, given_up: Resource) -> str:
    """Return how to keep the resource, and how to give it up."""
    return (
        f"To keep it, undo the change of {aws.name} and declare a second environment with the "
        f"existing resource; to delete it with its data: {change(aws, aws.short(given_up.stack))}"
    )


def change(aws: EnvironmentClients, stack: str) -> str:
    """Return the command that deploys a change which the protection of a stack refuses."""
    return f"`make deploy ENV={aws.name} CHANGE={stack}`"


def _given_up(aws: EnvironmentClients, stack: Stack) -> Iterator[Resource]:
    existing = {each.kind for each in stack.existing}
    kinds = {kind for group in _GROUPS if group & existing for kind in group}
    remaining = {each.logical_id for each in stack.resources}
    for each in aws.list_all(
        _SERVICE, "list_stack_resources", "StackResourceSummaries", StackName=stack.name
    ):
        if each["ResourceType"] in kinds and each["LogicalResourceId"] not in remaining:
            yield Resource(stack.name, each["PhysicalResourceId"], each["ResourceType"], {})


def _properties(stack: Stack) -> dict[str, Mapping[str, Any]]:
    return {each.logical_id: each.properties for each in stack.resources}


def _template(aws: EnvironmentClients, stack: str) -> Mapping[str, Any]:
    body = aws.clients(_SERVICE).get_template(StackName=stack)["TemplateBody"]
    found: Mapping[str, Any] = json.loads(body) if isinstance(body, str) else body
    return found


def _deployed_stack(aws: EnvironmentClients, described: Mapping[str, Any]) -> DeployedStack:
    name = described["StackName"]
    body = aws.clients(_SERVICE).get_stack_policy(StackName=name).get("StackPolicyBody")
    policy: Mapping[str, Any] = json.loads(body) if body else ALLOW_ALL
    return DeployedStack(
        name,
        policy,
        is_kept=bool(described.get("EnableTerminationProtection")),
        is_lifted=bool(body) and policy == ALLOW_ALL,
    )


def _set(aws: EnvironmentClients, stack: str, policy: Mapping[str, Any], *, keep: bool) -> None:
    client = aws.clients(_SERVICE)
    client.set_stack_policy(StackName=stack, StackPolicyBody=json.dumps(policy))
    client.update_termination_protection(StackName=stack, EnableTerminationProtection=keep)
