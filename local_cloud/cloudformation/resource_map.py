"""Creates, updates and deletes the resources of a stack to match its template."""

from __future__ import annotations

import copy
import logging
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from typing import Any

from moto.cloudformation import parsing
from moto.cloudformation.exceptions import ValidationError

from local_cloud.cloudformation.deletion_policy import (
    DELETION,
    REPLACEMENT,
    is_retained,
    leaves_snapshot,
)
from local_cloud.cloudformation.deployed_resource import (
    DeployedResource,
    StackOperation,
    create_or_update,
)
from local_cloud.cloudformation.stack_policy import DELETE, denial
from local_cloud.cloudformation.template import creation_order, unresolved
from local_cloud.errors import reason
from local_cloud.resources.base import Properties, ServiceResource
from local_cloud.resources.type_registry import check_types, resource_class

logger = logging.getLogger(__name__)

# (logical id, type, status, physical id, reason)
Report = Callable[[str, str, str, str, str | None], None]


class ResourceFailed(Exception):
    """A resource could not be created, updated or deleted. The text is the service's reason."""


class LaptopResourceMap(parsing.ResourceMap):  # type: ignore[misc]  # moto is untyped here
    """moto's resource map, with ordered operations and the types of `local_cloud.resources`.

    moto creates a resource when another one refers to it, ignores unknown properties, drops a
    changed resource if its class has no update, and keeps a resource if its class has no delete.
    Here the template defines the order. Resolved properties are compared to find the changes, so
    a new physical id reaches all resources that refer to it. A resource that cannot be updated is
    replaced, and the old one is deleted last. moto resolves the references.
    """

    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        self.deployed: dict[str, DeployedResource] = {}
        self.removed: dict[str, DeployedResource] = {}
        self._operation = StackOperation()
        self.report: Report = _report_nothing
        self.policy = ""

    def __getitem__(self, key: str) -> Any:
        """Return the value of a parameter or a pseudo parameter, or an existing resource."""
        return self._parsed_resources[key]

    def validate_outputs(self) -> None:
        """Do nothing: moto's check needs its own classes. An unknown attribute fails the output."""

    def apply(self, template: dict[str, Any], parameters: dict[str, Any] | None = None) -> None:
        """Create, update and replace the resources in `template`, then delete all others.

        Raises `ResourceFailed` at the first resource that fails. As on AWS, a failed deletion at
        the end does not fail the operation: the resource remains, and an event reports it.
        """
        self._operation = StackOperation()
        self._apply_all(template, parameters, policy=self.policy)
        self._check_deletions()
        replaced = self._operation.replaced
        obsolete = {**replaced, **{name: self._pop(name) for name in self._obsolete()}}
        for logical_id in _deletion_order(obsolete):
            policy = REPLACEMENT if logical_id in replaced else DELETION
            self._clean_up(logical_id, obsolete[logical_id], policy)

    def roll_back(self, template: dict[str, Any], parameters: dict[str, Any] | None = None) -> None:
        """Undo the changes of `apply`; `template` is the previous one. Raises `ResourceFailed`."""
        self._restore_replaced()
        self._apply_all(template, parameters)
        newer = self._operation.newer
        unwanted = {name: self.deployed[name] for name in self._obsolete()}
        for logical_id in _deletion_order({**unwanted, **newer}):
            if logical_id in newer:
                self._delete(logical_id, newer[logical_id], REPLACEMENT, newly_created=True)
                del newer[logical_id]
            else:
                self._delete_each([logical_id], newly_created=True)

    def undo_creation(self) -> None:
        """Delete the resources of a failed creation in reverse order. Raises `ResourceFailed`."""
        self._delete_each(_deletion_order(self.deployed), newly_created=True)

    def delete_all(self) -> None:
        """Delete the resources that are not retained, in reverse order. Raises `ResourceFailed`."""
        self._delete_each(_deletion_order(self.deployed), newly_created=False)

    def discard_attempts(self, logical_ids: Iterable[str]) -> None:
        """Treat the failed updates of these resources as rolled back."""
        for logical_id in logical_ids:
            self._operation.attempted.pop(logical_id, None)

    def _apply_all(
        self, template: dict[str, Any], parameters: dict[str, Any] | None, *, policy: str = ""
    ) -> None:
        self._load(template, parameters)
        wanted = self._active()
        for logical_id in creation_order(wanted):
            self._apply_resource(logical_id, wanted[logical_id], policy)

    def _check_deletions(self) -> None:
        """Raise `ResourceFailed` if the stack policy denies a deletion; nothing is deleted yet."""
        for logical_id in self._obsolete():
            deployed = self.deployed[logical_id]
            denied = denial(self.policy, DELETE, logical_id, deployed.type)
            if denied:
                self._set_status(logical_id, deployed, "UPDATE_FAILED", denied)
                raise ResourceFailed(f"{logical_id} ({deployed.type}): {denied}")

    def _obsolete(self) -> list[str]:
        wanted = self._active()
        return [name for name in self.deployed if name not in wanted]

    def _restore_replaced(self) -> None:
        """Restore the replaced resources before their replacements are deleted."""
        for logical_id, replaced in self._operation.replaced.items():
            self._operation.newer[logical_id] = self.deployed[logical_id]
            self._add(logical_id, replaced)
        self._operation.replaced.clear()

    def _delete_each(self, logical_ids: Iterable[str], *, newly_created: bool) -> None:
        for logical_id in logical_ids:
            self._delete(
                logical_id, self.deployed[logical_id], DELETION, newly_created=newly_created
            )
            self._pop(logical_id)

    def _load(self, template: dict[str, Any], parameters: dict[str, Any] | None) -> None:
        self._template = template
        self._resource_json_map = template["Resources"]
        if parameters:
            self.input_parameters = parameters
        self.load_mapping()
        self.load_parameters()
        self.load_conditions()

    def _active(self) -> dict[str, dict[str, Any]]:
        """Return the resources whose condition is true."""
        return {
            logical_id: resource
            for logical_id, resource in self._resource_json_map.items()
            if "Condition" not in resource or self.lazy_condition_map[resource["Condition"]]
        }

    def _apply_resource(self, logical_id: str, source: dict[str, Any], policy: str) -> None:
        """Create or update one resource, unless the stack policy denies the update."""
        before = self._operation.attempted.get(logical_id, self.deployed.get(logical_id))
        action = "CREATE" if before is None else "UPDATE"
        after: ServiceResource | None = None
        try:
            after = self._resource(logical_id, source, before)
            if before is not None and _is_same(before, after, source):
                before.source = source
                return
            self.report(logical_id, source["Type"], f"{action}_IN_PROGRESS", "", None)
            replaced = create_or_update(before, after, source["Type"], policy)
        except Exception as error:  # any error of a service fails the resource
            logger.exception("%s failed", logical_id)
            self.report(logical_id, source["Type"], f"{action}_FAILED", "", reason(error))
            self._record_attempt(logical_id, after, source)
            raise ResourceFailed(f"{logical_id} ({source['Type']}): {reason(error)}") from error
        self._operation.attempted.pop(logical_id, None)
        if replaced is not None:
            self._operation.replaced[logical_id] = replaced
        self._add(logical_id, DeployedResource(after, source, f"{action}_COMPLETE"))
        physical_id = after.physical_resource_id
        self.report(logical_id, source["Type"], f"{action}_COMPLETE", physical_id, None)

    def _record_attempt(
        self, logical_id: str, after: ServiceResource | None, source: dict[str, Any]
    ) -> None:
        """Record a failed update in place. The roll-back restores the old properties."""
        deployed = self.deployed.get(logical_id)
        if deployed is None or after is None:
            return
        if after.physical_resource_id == deployed.resource.physical_resource_id:
            attempt = DeployedResource(after, source, "UPDATE_FAILED")
            self._operation.attempted.setdefault(logical_id, attempt)

    def _resource(
        self, logical_id: str, source: dict[str, Any], before: DeployedResource | None
    ) -> ServiceResource:
        """Return the resource with the properties of the template; it is not created yet."""
        check_types({logical_id: source["Type"]}, where=self["AWS::StackName"])
        kind = resource_class(source["Type"])
        properties = self._resolve(logical_id, source, with_tags="Tags" in kind.PROPERTIES)
        kind.check(properties)
        return kind(
            kind=source["Type"],
            properties=properties,
            name=self._name(logical_id, source["Type"], properties, before),
            logical_resource_id=logical_id,
            stack_id=self.stack_id,
            region=self._region_name,
        )

    def _name(
        self, logical_id: str, kind: str, properties: Properties, before: DeployedResource | None
    ) -> str:
        """Return the generated name. It does not change until the resource is replaced."""
        if before is not None and not before.is_replaced_by(kind, properties):
            return before.resource.name
        name: str = parsing.generate_resource_name(kind, self["AWS::StackName"], logical_id)
        return name

    def _resolve(self, logical_id: str, source: dict[str, Any], *, with_tags: bool) -> Properties:
        given = copy.deepcopy(source.get("Properties", {}))
        properties: Properties = parsing.clean_json(given, self)
        left = unresolved(properties)
        if left:
            raise ValidationError(message=f"{', '.join(left)} of {logical_id} cannot be resolved")
        if with_tags and self.tags:
            properties["Tags"] = _with_stack_tags(properties.get("Tags", []), self.tags)
        return properties

    def _clean_up(self, logical_id: str, deployed: DeployedResource, policy: str) -> None:
        with suppress(ResourceFailed):  # an event reports the failure
            self._delete(logical_id, deployed, policy, newly_created=False)

    def _delete(
        self, logical_id: str, deployed: DeployedResource, policy: str, *, newly_created: bool
    ) -> None:
        """Delete a resource that is no longer part of the stack, unless it is retained."""
        if is_retained(deployed.source, policy, newly_created=newly_created):
            self._set_status(logical_id, deployed, "DELETE_SKIPPED")
            return
        self._set_status(logical_id, deployed, "DELETE_IN_PROGRESS")
        try:
            if leaves_snapshot(deployed.source, policy):
                deployed.resource.snapshot()
            deployed.resource.remove()
        except Exception as error:  # any error of a service means that the resource still exists
            logger.exception("%s was not deleted", logical_id)
            self._set_status(logical_id, deployed, "DELETE_FAILED", reason(error))
            raise ResourceFailed(f"{logical_id} ({deployed.type}): {reason(error)}") from error
        self._set_status(logical_id, deployed, "DELETE_COMPLETE")

    def _set_status(
        self, logical_id: str, deployed: DeployedResource, status: str, why: str | None = None
    ) -> None:
        deployed.status = status
        self.report(logical_id, deployed.type, status, deployed.resource.physical_resource_id, why)

    def _add(self, logical_id: str, deployed: DeployedResource) -> None:
        self.deployed[logical_id] = deployed
        self._parsed_resources[logical_id] = deployed.resource

    def _pop(self, logical_id: str) -> DeployedResource:
        self._parsed_resources.pop(logical_id, None)
        self.removed[logical_id] = self.deployed.pop(logical_id)
        return self.removed[logical_id]


def _deletion_order(deployed: Mapping[str, DeployedResource]) -> list[str]:
    """Return logical ids in the order of deletion: a resource before its dependencies."""
    return creation_order({logical_id: each.source for logical_id, each in deployed.items()})[::-1]


def _is_same(before: DeployedResource, after: ServiceResource, source: dict[str, Any]) -> bool:
    return before.type == source["Type"] and before.resource.properties == after.properties


def _with_stack_tags(own: list[dict[str, str]], stack_tags: dict[str, str]) -> list[dict[str, str]]:
    """Add the tags of the stack to the tags of a resource. The resource's tags take precedence."""
    known = {tag["Key"] for tag in own}
    inherited = [{"Key": k, "Value": v} for k, v in stack_tags.items() if k not in known]
    return own + inherited


def _report_nothing(
    logical_id: str, kind: str, status: str, physical_id: str, why: str | None
) -> None:
    """Report nothing: the map does not belong to a stack yet."""
