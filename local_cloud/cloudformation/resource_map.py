"""Brings the resources of one stack to what its template says."""

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
from local_cloud.cloudformation.template import creation_order, unresolved
from local_cloud.errors import reason
from local_cloud.resources.base import Properties, ServiceResource
from local_cloud.resources.type_registry import check_types, resource_class

logger = logging.getLogger(__name__)

# (logical id, type, status, physical id, reason)
Report = Callable[[str, str, str, str, str | None], None]


class ResourceFailed(Exception):
    """One resource could not be made, changed or deleted; the text is the service's reason."""


class LaptopResourceMap(parsing.ResourceMap):  # type: ignore[misc]  # moto is untyped here
    """moto's map of a stack, in explicit order and with the types of `local_cloud.resources`.

    moto makes resources whenever something refers to them, ignores properties that it does not
    know, drops a changed resource whose class has no update, and leaves behind what has no
    delete. Here the order comes from the template; what has changed is found by comparing resolved
    properties, so a new physical id reaches everything that refers to it; a resource that cannot
    be changed is replaced, and the old one goes last. References are resolved by moto.
    """

    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        self.deployed: dict[str, DeployedResource] = {}
        self.removed: dict[str, DeployedResource] = {}
        self._operation = StackOperation()
        self.report: Report = _report_nothing

    def __getitem__(self, key: str) -> Any:
        """The value of a parameter, a pseudo parameter or a resource that exists."""
        return self._parsed_resources[key]

    def validate_outputs(self) -> None:
        """Nothing to do: moto looks into its own classes; an unknown attribute fails its output."""

    def apply(self, template: dict[str, Any], parameters: dict[str, Any] | None = None) -> None:
        """Create, change and replace until the stack is what `template` says; then delete.

        Raises `ResourceFailed` at the first resource that fails. As on AWS, what cannot be deleted
        at the end does not fail the operation: it is left behind, and an event says so.
        """
        self._operation = StackOperation()
        self._apply_all(template, parameters)
        replaced = self._operation.replaced
        obsolete = {**replaced, **{name: self._pop(name) for name in self._obsolete()}}
        for logical_id in _deletion_order(obsolete):
            policy = REPLACEMENT if logical_id in replaced else DELETION
            self._clean_up(logical_id, obsolete[logical_id], policy)

    def roll_back(self, template: dict[str, Any], parameters: dict[str, Any] | None = None) -> None:
        """Undo what `apply` has done, to the `template` before it; raises `ResourceFailed`."""
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
        """Delete what a creation has made, last first; raises `ResourceFailed`."""
        self._delete_each(_deletion_order(self.deployed), newly_created=True)

    def delete_all(self) -> None:
        """Delete the resources that do not stay, last first; raises `ResourceFailed`."""
        self._delete_each(_deletion_order(self.deployed), newly_created=False)

    def discard_attempts(self, logical_ids: Iterable[str]) -> None:
        """Take failed changes of these resources for rolled back."""
        for logical_id in logical_ids:
            self._operation.attempted.pop(logical_id, None)

    def _apply_all(self, template: dict[str, Any], parameters: dict[str, Any] | None) -> None:
        self._load(template, parameters)
        wanted = self._active()
        for logical_id in creation_order(wanted):
            self._apply_resource(logical_id, wanted[logical_id])

    def _obsolete(self) -> list[str]:
        wanted = self._active()
        return [name for name in self.deployed if name not in wanted]

    def _restore_replaced(self) -> None:
        """Let what was replaced take its place again, before what replaced it goes."""
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
        """The resources whose condition holds."""
        return {
            logical_id: resource
            for logical_id, resource in self._resource_json_map.items()
            if "Condition" not in resource or self.lazy_condition_map[resource["Condition"]]
        }

    def _apply_resource(self, logical_id: str, source: dict[str, Any]) -> None:
        """Make or change one resource."""
        before = self._operation.attempted.get(logical_id, self.deployed.get(logical_id))
        action = "CREATE" if before is None else "UPDATE"
        after: ServiceResource | None = None
        try:
            after = self._resource(logical_id, source, before)
            if before is not None and _is_same(before, after, source):
                before.source = source
                return
            self.report(logical_id, source["Type"], f"{action}_IN_PROGRESS", "", None)
            replaced = create_or_update(before, after, source["Type"])
        except Exception as error:  # whatever a service answers, the resource has failed
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
        """Remember a change in place that failed: it is undone by a change back."""
        deployed = self.deployed.get(logical_id)
        if deployed is None or after is None:
            return
        if after.physical_resource_id == deployed.resource.physical_resource_id:
            attempt = DeployedResource(after, source, "UPDATE_FAILED")
            self._operation.attempted.setdefault(logical_id, attempt)

    def _resource(
        self, logical_id: str, source: dict[str, Any], before: DeployedResource | None
    ) -> ServiceResource:
        """The resource as the template wants it; not made yet."""
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
        """The name that CloudFormation makes: it stays as long as the resource is the same."""
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
        with suppress(ResourceFailed):  # told by its event
            self._delete(logical_id, deployed, policy, newly_created=False)

    def _delete(
        self, logical_id: str, deployed: DeployedResource, policy: str, *, newly_created: bool
    ) -> None:
        """Delete a resource that its stack does not want any more, unless it stays."""
        if is_retained(deployed.source, policy, newly_created=newly_created):
            self._set_status(logical_id, deployed, "DELETE_SKIPPED")
            return
        self._set_status(logical_id, deployed, "DELETE_IN_PROGRESS")
        try:
            if leaves_snapshot(deployed.source, policy):
                deployed.resource.snapshot()
            deployed.resource.remove()
        except Exception as error:  # whatever a service answers, the resource is still there
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
    """Logical ids in the order of deletion: each before what it needs."""
    return creation_order({logical_id: each.source for logical_id, each in deployed.items()})[::-1]


def _is_same(before: DeployedResource, after: ServiceResource, source: dict[str, Any]) -> bool:
    return before.type == source["Type"] and before.resource.properties == after.properties


def _with_stack_tags(own: list[dict[str, str]], stack_tags: dict[str, str]) -> list[dict[str, str]]:
    """A stack's tags reach every resource that takes tags; the resource's own come first."""
    known = {tag["Key"] for tag in own}
    inherited = [{"Key": k, "Value": v} for k, v in stack_tags.items() if k not in known]
    return own + inherited


def _report_nothing(
    logical_id: str, kind: str, status: str, physical_id: str, why: str | None
) -> None:
    """Report nothing: the map belongs to no stack yet."""
