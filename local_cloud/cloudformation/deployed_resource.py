"""The existing resources of a stack. Creates, updates or replaces a resource."""

from __future__ import annotations

import logging
from dataclasses import dataclass, field
from typing import Any

from local_cloud.cloudformation.stack_policy import MODIFY, REPLACE, denial
from local_cloud.errors import LocalCloudError
from local_cloud.resources.base import Properties, ServiceResource

logger = logging.getLogger(__name__)


class UpdateDenied(LocalCloudError):
    """The stack policy denies the update of a resource. The message names the statement."""


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
    """The changes that a stack operation has made so far. A roll-back undoes them."""

    # Replaced resources. They exist until the clean-up.
    replaced: dict[str, DeployedResource] = field(default_factory=dict)
    # Replacements. A roll-back deletes them and restores the replaced resources.
    newer: dict[str, DeployedResource] = field(default_factory=dict)
    # Failed updates in place, some of whose changes may have been made.
    attempted: dict[str, DeployedResource] = field(default_factory=dict)


def create_or_update(
    before: DeployedResource | None, after: ServiceResource, kind: str, policy: str
) -> DeployedResource | None:
    """Create, update or replace the resource. Return the replaced resource, if any.

    Raises `UpdateDenied` if the stack policy denies the update or the replacement.
    """
    if before is None:
        _create(after)
        return None
    replaces = before.is_replaced_by(kind, after.properties)
    denied = denial(policy, REPLACE if replaces else MODIFY, after.logical_resource_id, before.type)
    if denied:
        raise UpdateDenied(denied)
    if replaces:
        _create(after)
        return before
    after.physical_resource_id = before.resource.physical_resource_id
    after.attributes = dict(before.resource.attributes)
    after.update(before.resource)
    # A custom resource may return a new id for an update: the old resource is then deleted.
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
