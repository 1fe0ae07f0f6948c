"""Verifies a deployment: compares the resources in the services with the templates."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import lru_cache
from typing import Any

from botocore.exceptions import ClientError

from local_cloud.context import Cloud
from local_cloud.deployment.assembly import StackArtifact
from local_cloud.deployment.resource_probes import NOTHING_TO_DESCRIBE, PROBES, ProbedResource
from local_cloud.deployment.verify_deletion import exists, is_probed

_DONE = frozenset({"CREATE_COMPLETE", "UPDATE_COMPLETE"})


def deployment_problems(cloud: Cloud, stacks: tuple[StackArtifact, ...]) -> list[str]:
    """Return the differences between the services and the templates, one line per difference."""
    clients = lru_cache(maxsize=None)(cloud.client)
    return [problem for stack in stacks for problem in _stack_problems(clients, stack)]


def _stack_problems(clients: Callable[[str], Any], stack: StackArtifact) -> list[str]:
    cloudformation = clients("cloudformation")
    try:
        shown = cloudformation.describe_stacks(StackName=stack.name)["Stacks"][0]
    except ClientError as error:
        return [f"{stack.name}: {error}"]
    if shown["StackStatus"] not in _DONE:
        reason = shown.get("StackStatusReason", "no reason given")
        return [f"{stack.name} is in {shown['StackStatus']}: {reason}"]
    listed = cloudformation.list_stack_resources(StackName=stack.name)
    ids = {
        resource["LogicalResourceId"]: resource["PhysicalResourceId"]
        for resource in listed["StackResourceSummaries"]
    }
    found = (_problem(clients, stack, logical_id, ids) for logical_id in _expected(stack))
    problems = [problem for problem in found if problem is not None]
    return [*problems, *_undeleted(clients, stack.name)]


def _undeleted(clients: Callable[[str], Any], stack: str) -> Iterator[str]:
    """Yield the resources that the last update failed to delete and that still exist.

    The state of the stack is UPDATE_COMPLETE nevertheless. Only its events report the failure.
    """
    for event in clients("cloudformation").describe_stack_events(StackName=stack)["StackEvents"]:
        if event["LogicalResourceId"] == stack and "_IN_PROGRESS" in event["ResourceStatus"]:
            return
        if event["ResourceStatus"] == "DELETE_FAILED" and _still_exists(clients, event):
            named = f"{event['LogicalResourceId']} ({event['ResourceType']})"
            why = event["ResourceStatusReason"]
            yield f"{stack}: {named}, {event['PhysicalResourceId']}, could not be deleted: {why}"


def _still_exists(clients: Callable[[str], Any], event: Mapping[str, Any]) -> bool:
    resource = ProbedResource(
        logical_id=event["LogicalResourceId"],
        type=event["ResourceType"],
        physical_id=event["PhysicalResourceId"],
        properties={},
        ids={},
    )
    try:
        return not is_probed(resource) or exists(clients, resource)
    except KeyError:  # the check needs properties that the template no longer contains
        return True


def _expected(stack: StackArtifact) -> list[str]:
    """Return the resources that must exist: those without a condition."""
    resources = stack.template["Resources"]
    return [logical_id for logical_id in resources if "Condition" not in resources[logical_id]]


def _problem(
    clients: Callable[[str], Any], stack: StackArtifact, logical_id: str, ids: dict[str, str]
) -> str | None:
    resource = stack.template["Resources"][logical_id]
    named = f"{stack.name}: {logical_id} ({resource['Type']})"
    if not ids.get(logical_id):
        return f"{named} was not created"
    deployed = ProbedResource(
        logical_id=logical_id,
        type=resource["Type"],
        physical_id=ids[logical_id],
        properties=resource.get("Properties", {}),
        ids=ids,
    )
    why = _why_missing(clients, deployed)
    return None if why is None else f"{named}, {deployed.physical_id}, {why}"


def _why_missing(clients: Callable[[str], Any], resource: ProbedResource) -> str | None:
    if resource.type in NOTHING_TO_DESCRIBE or resource.type.startswith("Custom::"):
        return None
    if resource.type not in PROBES:
        return "cannot be verified: add a check to local_cloud/deployment/resource_probes.py"
    try:
        found = PROBES[resource.type](clients, resource)
    except ClientError as error:
        return f"does not exist according to its service: {error}"
    return None if found else "does not exist according to its service"
