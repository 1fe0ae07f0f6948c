"""Verifies a destruction by calls to the services; the result of the CLI is not enough."""

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
# Resource types that are not checked, and the reason.
_NOT_PROBED: Mapping[str, str] = {
    "AWS::IAM::Policy": "it is deleted with its roles, which are checked",
    "AWS::KMS::Key": "it exists until the end of its waiting period",
}


@dataclass(frozen=True)
class ExistingResource:
    """A resource that exists before the destruction, and whether its template retains it."""

    stack: str
    resource: ProbedResource
    retained: bool


def existing_resources(cloud: Cloud, stacks: tuple[str, ...]) -> list[ExistingResource]:
    """Return the existing resources of the stacks. Raises ClientError if they cannot be read."""
    client = cloud.client("cloudformation")
    return [found for stack in stacks for found in _of_stack(client, stack)]


def deletion_problems(cloud: Cloud, before: list[ExistingResource]) -> list[str]:
    """Return the resources that wrongly exist or are wrongly deleted, one line each.

    Raises ClientError if a service has a transient error.
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
        why = "still exists" if still_exists else "is deleted, but should have been retained"
        problems.append(f"{named}, {each.resource.physical_id}, {why}")
    return problems


def is_probed(resource: ProbedResource) -> bool:
    """Return whether a call to a service can check that the resource is deleted."""
    return resource.type in PROBES and resource.type not in _NOT_PROBED


def exists(clients: Callable[[str], Any], resource: ProbedResource) -> bool:
    """Return whether the service lists the resource. Raises ClientError on transient errors."""
    try:
        return bool(PROBES[resource.type](clients, resource))
    except ClientError as error:
        if is_transient(error):
            raise
        return False


def _of_stack(client: Any, stack: str) -> list[ExistingResource]:
    """Return the resources of a stack that are in its template.

    Resources that remain from a failed update are not in a template, so it is unknown whether to
    retain them. They are omitted."""
    try:
        template = _document(client.get_template(StackName=stack)["TemplateBody"])
    except ClientError as error:
        if is_transient(error):
            raise
        return []  # the stack does not exist
    listed = client.list_stack_resources(StackName=stack)["StackResourceSummaries"]
    ids = {each["LogicalResourceId"]: each["PhysicalResourceId"] for each in listed}
    return [
        ExistingResource(
            stack, _deployed(name, source, ids), source.get("DeletionPolicy") in _RETAINING
        )
        for name, source in template["Resources"].items()
        if name in ids
    ]


def _document(template: Any) -> Mapping[str, Any]:
    """Return a template; boto3 has read it if it is JSON, but the CLI sends small ones as YAML."""
    if isinstance(template, str):
        from local_cloud.cloudformation.template_text import parse_template  # imports moto

        return parse_template(template)
    document: Mapping[str, Any] = template
    return document


def _deployed(name: str, source: Mapping[str, Any], ids: dict[str, str]) -> ProbedResource:
    return ProbedResource(
        logical_id=name,
        type=source["Type"],
        physical_id=ids[name],
        properties=source.get("Properties", {}),
        ids=ids,
    )
