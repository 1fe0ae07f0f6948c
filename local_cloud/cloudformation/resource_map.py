"""Brings the resources of one stack to what its template says."""

from __future__ import annotations

import copy
import logging
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from moto.cloudformation import parsing
from moto.cloudformation.exceptions import ValidationError

from local_cloud.cloudformation.template import creation_order, unresolved
from local_cloud.errors import reason
from local_cloud.resources.base import Properties, ServiceResource
from local_cloud.resources.registry import check_types, resource_class

logger = logging.getLogger(__name__)

# (logical id, type, status, physical id, reason)
Report = Callable[[str, str, str, str, str | None], None]


class ResourceFailed(Exception):
    """One resource could not be made, changed or deleted; the text is the service's reason."""


@dataclass
class Made:
    """A resource that exists, and the template's words it was made from."""

    resource: ServiceResource
    source: dict[str, Any]

    @property
    def type(self) -> str:
        """The CloudFormation type."""
        kind: str = self.source["Type"]
        return kind


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
        self.made: dict[str, Made] = {}
        self.report: Report = _silent

    def __getitem__(self, key: str) -> Any:
        """The value of a parameter, a pseudo parameter or a resource that exists."""
        return self._parsed_resources[key]

    def validate_outputs(self) -> None:
        """Nothing to do: moto looks into its own classes; an unknown attribute fails its output."""

    def apply(self, template: dict[str, Any], parameters: dict[str, Any] | None = None) -> None:
        """Create, change, replace and delete until the stack is what `template` says.

        Raises `ResourceFailed` at the first resource that fails.
        """
        self._load(template, parameters)
        wanted = self._wanted()
        obsolete = []
        for logical_id in creation_order(wanted):
            replaced = self._settle(logical_id, wanted[logical_id])
            if replaced is not None:
                obsolete.append((logical_id, replaced, "UpdateReplacePolicy"))
        for logical_id in [name for name in self._reversed_order() if name not in wanted]:
            obsolete.append((logical_id, self._forget(logical_id), "DeletionPolicy"))
        for logical_id, made, policy in obsolete:
            if made.source.get(policy) != "Retain":
                self._remove(logical_id, made)

    def empty(self, *, respect_retention: bool) -> None:
        """Delete the resources, last first; raises `ResourceFailed`."""
        for logical_id in self._reversed_order():
            made = self.made[logical_id]
            if not (respect_retention and made.source.get("DeletionPolicy") == "Retain"):
                self._remove(logical_id, made)
            self._forget(logical_id)

    def _load(self, template: dict[str, Any], parameters: dict[str, Any] | None) -> None:
        self._template = template
        self._resource_json_map = template["Resources"]
        if parameters:
            self.input_parameters = parameters
        self.load_mapping()
        self.load_parameters()
        self.load_conditions()

    def _wanted(self) -> dict[str, dict[str, Any]]:
        """The resources whose condition holds."""
        return {
            logical_id: resource
            for logical_id, resource in self._resource_json_map.items()
            if "Condition" not in resource or self.lazy_condition_map[resource["Condition"]]
        }

    def _settle(self, logical_id: str, source: dict[str, Any]) -> Made | None:
        """Make or change one resource; returns the one that it replaces."""
        before = self.made.get(logical_id)
        action = "CREATE" if before is None else "UPDATE"
        try:
            after = self._resource(logical_id, source, before)
            if before is not None and _is_same(before, after, source):
                before.source = source
                return None
            self.report(logical_id, source["Type"], f"{action}_IN_PROGRESS", "", None)
            replaced = _make(before, after, source["Type"])
        except Exception as error:  # whatever a service answers, the resource has failed
            logger.exception("%s failed", logical_id)
            self.report(logical_id, source["Type"], f"{action}_FAILED", "", reason(error))
            raise ResourceFailed(f"{logical_id} ({source['Type']}): {reason(error)}") from error
        self.made[logical_id] = Made(resource=after, source=source)
        self._parsed_resources[logical_id] = after
        physical_id = after.physical_resource_id
        self.report(logical_id, source["Type"], f"{action}_COMPLETE", physical_id, None)
        return replaced

    def _resource(
        self, logical_id: str, source: dict[str, Any], before: Made | None
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

    def _name(self, logical_id: str, kind: str, properties: Properties, before: Made | None) -> str:
        """The name that CloudFormation makes: it stays as long as the resource is the same."""
        if before is not None and not _is_replaced(before, kind, properties):
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

    def _remove(self, logical_id: str, made: Made) -> None:
        physical_id = made.resource.physical_resource_id
        self.report(logical_id, made.type, "DELETE_IN_PROGRESS", physical_id, None)
        try:
            made.resource.remove()
        except Exception as error:  # whatever a service answers, the resource is still there
            logger.exception("%s was not deleted", logical_id)
            self.report(logical_id, made.type, "DELETE_FAILED", physical_id, reason(error))
            raise ResourceFailed(f"{logical_id} ({made.type}): {reason(error)}") from error
        self.report(logical_id, made.type, "DELETE_COMPLETE", physical_id, None)

    def _reversed_order(self) -> list[str]:
        order = creation_order({logical_id: made.source for logical_id, made in self.made.items()})
        return order[::-1]

    def _forget(self, logical_id: str) -> Made:
        self._parsed_resources.pop(logical_id, None)
        return self.made.pop(logical_id)


def _is_same(before: Made, after: ServiceResource, source: dict[str, Any]) -> bool:
    return before.type == source["Type"] and before.resource.properties == after.properties


def _make(before: Made | None, after: ServiceResource, kind: str) -> Made | None:
    """Create or update; returns the resource that is obsolete now."""
    if before is None:
        _create(after)
        return None
    old = before.resource
    if _is_replaced(before, kind, after.properties):
        _create(after)
        return before
    after.physical_resource_id = old.physical_resource_id
    after.attributes = dict(old.attributes)
    after.update(old)
    # A custom resource may answer an update with another id: then the old one goes, too.
    return before if after.physical_resource_id != old.physical_resource_id else None


def _is_replaced(before: Made, kind: str, properties: Properties) -> bool:
    old = before.resource
    return before.type != kind or old.must_be_replaced(old.properties, properties)


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


def _with_stack_tags(own: list[dict[str, str]], stack_tags: dict[str, str]) -> list[dict[str, str]]:
    """A stack's tags reach every resource that takes tags; the resource's own come first."""
    known = {tag["Key"] for tag in own}
    inherited = [{"Key": k, "Value": v} for k, v in stack_tags.items() if k not in known]
    return own + inherited


def _silent(logical_id: str, kind: str, status: str, physical_id: str, why: str | None) -> None:
    """Report nothing: the map belongs to no stack yet."""
