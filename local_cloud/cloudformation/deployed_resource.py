"""The resources of a stack that exist, and how one is made, changed or replaced."""

from __future__ import annotations

import logging
from dataclasses import dataclass, field
from typing import Any

from local_cloud.resources.base import Properties, ServiceResource

logger = logging.getLogger(__name__)


@dataclass
class DeployedResource:
    """A resource that exists, the template's words it was made from, and its state."""

    resource: ServiceResource
    source: dict[str, Any]
    status: str

    @property
    def type(self) -> str:
        """The CloudFormation type."""
        kind: str = self.source["Type"]
        return kind

    def is_replaced_by(self, kind: str, properties: Properties) -> bool:
        """Whether these properties ask for another resource."""
        old = self.resource
        return self.type != kind or old.must_be_replaced(old.properties, properties)


@dataclass
class StackOperation:
    """What one creation or update of a stack has done so far, so that it can be undone."""

    # What still exists beside the resource that took its place.
    replaced: dict[str, DeployedResource] = field(default_factory=dict)
    # What took the place of others, which have it back.
    newer: dict[str, DeployedResource] = field(default_factory=dict)
    # Changes in place that failed: how much of them was done, nobody knows.
    attempted: dict[str, DeployedResource] = field(default_factory=dict)


def create_or_update(
    before: DeployedResource | None, after: ServiceResource, kind: str
) -> DeployedResource | None:
    """Create or update; returns the resource that is obsolete now."""
    if before is None:
        _create(after)
        return None
    if before.is_replaced_by(kind, after.properties):
        _create(after)
        return before
    after.physical_resource_id = before.resource.physical_resource_id
    after.attributes = dict(before.resource.attributes)
    after.update(before.resource)
    # A custom resource may answer an update with another id: then the old one goes, too.
    changed = after.physical_resource_id != before.resource.physical_resource_id
    return before if changed else None


def _create(resource: ServiceResource) -> None:
    try:
        resource.create()
    except Exception:
        # Half made: the stack will not remember it, so it must not stay.
        if resource.physical_resource_id:
            _discard(resource)
        raise


def _discard(resource: ServiceResource) -> None:
    try:
        resource.remove()
    except Exception:  # what failed first is what the stack must tell
        logger.exception("%s stays half made", resource.logical_resource_id)
