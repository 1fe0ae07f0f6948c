"""The existing resources of a stack, and how a resource is created, updated or replaced."""

from __future__ import annotations

import logging
from dataclasses import dataclass, field
from typing import Any

from local_cloud.resources.base import Properties, ServiceResource

logger = logging.getLogger(__name__)


@dataclass
class DeployedResource:
    """An existing resource, the part of the template that it was created from, and its status."""

    resource: ServiceResource
    source: dict[str, Any]
    status: str

    @property
    def type(self) -> str:
        """The CloudFormation type."""
        kind: str = self.source["Type"]
        return kind

    def is_replaced_by(self, kind: str, properties: Properties) -> bool:
        """Return whether the new type or properties require a replacement."""
        old = self.resource
        return self.type != kind or old.must_be_replaced(old.properties, properties)


@dataclass
class StackOperation:
    """The changes of one stack operation so far, which a roll-back needs."""

    # Replaced resources, which still exist until the clean-up.
    replaced: dict[str, DeployedResource] = field(default_factory=dict)
    # Replacements. A roll-back deletes them and restores the replaced resources.
    newer: dict[str, DeployedResource] = field(default_factory=dict)
    # Failed updates in place, which may be partly done.
    attempted: dict[str, DeployedResource] = field(default_factory=dict)


def create_or_update(
    before: DeployedResource | None, after: ServiceResource, kind: str
) -> DeployedResource | None:
    """Create or update the resource. Return the resource that is obsolete now, if any."""
    if before is None:
        _create(after)
        return None
    if before.is_replaced_by(kind, after.properties):
        _create(after)
        return before
    after.physical_resource_id = before.resource.physical_resource_id
    after.attributes = dict(before.resource.attributes)
    after.update(before.resource)
    # A custom resource may answer an update with a new id. The old resource is then deleted.
    changed = after.physical_resource_id != before.resource.physical_resource_id
    return before if changed else None


def _create(resource: ServiceResource) -> None:
    try:
        resource.create()
    except Exception:
        # Partly created: the stack does not record the resource, so it is deleted now.
        if resource.physical_resource_id:
            _discard(resource)
        raise


def _discard(resource: ServiceResource) -> None:
    try:
        resource.remove()
    except Exception:  # the stack reports the first error
        logger.exception("%s is incomplete and could not be deleted", resource.logical_resource_id)
