"""Compares what was destroyed with what the services still show: a green CLI is not believed."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from botocore.exceptions import ClientError

from local_cloud.context import Cloud
from local_cloud.deployment.resource_probes import PROBES, ProbedResource
from local_cloud.transient_errors import is_transient

_RETAINING = ("Retain", "RetainExceptOnCreate")
# Not looked for, and why.
_NOT_PROBED: Mapping[str, str] = {
    "AWS::IAM::Policy": "it goes with its roles, and they are looked for",
    "AWS::KMS::Key": "it stays for the days of its waiting period",
}


@dataclass(frozen=True)
class ExistingResource:
    """A resource before the destruction, and whether its template retains it."""

    stack: str
    resource: ProbedResource
    retained: bool


def existing_resources(cloud: Cloud, stacks: tuple[str, ...]) -> list[ExistingResource]:
    """The resources of those stacks that exist; raises ClientError where nobody can tell."""
    client = cloud.client("cloudformation")
    return [found for stack in stacks for found in _of_stack(client, stack)]


def deletion_problems(cloud: Cloud, before: list[ExistingResource]) -> list[str]:
    """What is there and should be gone, or is gone and should be there, one line each.

    Raises ClientError where a service cannot tell.
    """
    clients = lru_cache(maxsize=None)(cloud.client)
    problems = []
    for each in before:
        if not is_probed(each.resource):
            continue
        still_exists = exists(clients, each.resource)
        if still_exists == each.retained:
            continue
        named = f"{each.stack}: {each.resource.logical_id} ({each.resource.type})"
        why = "is still there" if still_exists else "is gone and should have been retained"
        problems.append(f"{named}, {each.resource.physical_id}, {why}")
    return problems


def is_probed(resource: ProbedResource) -> bool:
    """Whether a service can be asked for the resource after its end."""
    return resource.type in PROBES and resource.type not in _NOT_PROBED


def exists(clients: Callable[[str], Any], resource: ProbedResource) -> bool:
    """Whether its service shows the resource; raises ClientError where it cannot tell."""
    try:
        return bool(PROBES[resource.type](clients, resource))
    except ClientError as error:
        if is_transient(error):
            raise
        return False


def _of_stack(client: Any, stack: str) -> list[ExistingResource]:
    """But for what a failed update has added and left: no template says whether it stays."""
    try:
        template = client.get_template(StackName=stack)["TemplateBody"]
    except ClientError as error:
        if is_transient(error):
            raise
        return []  # it was never made
    listed = client.list_stack_resources(StackName=stack)["StackResourceSummaries"]
    ids = {each["LogicalResourceId"]: each["PhysicalResourceId"] for each in listed}
    return [
        ExistingResource(
            stack, _deployed(name, source, ids), source.get("DeletionPolicy") in _RETAINING
        )
        for name, source in template["Resources"].items()
        if name in ids
    ]


def _deployed(name: str, source: Mapping[str, Any], ids: dict[str, str]) -> ProbedResource:
    return ProbedResource(
        logical_id=name,
        type=source["Type"],
        physical_id=ids[name],
        properties=source.get("Properties", {}),
        ids=ids,
    )
