"""Brings the resources of one stack to what its template says."""

from __future__ import annotations

import copy
import logging
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from typing import Any

from moto.cloudformation import parsing
from moto.cloudformation.exceptions import ValidationError

from local_cloud.cloudformation.made import Made, Operation, make
from local_cloud.cloudformation.retention import DELETION, REPLACEMENT, leaves_snapshot, stays
from local_cloud.cloudformation.template import creation_order, unresolved
from local_cloud.errors import reason
from local_cloud.resources.base import Properties, ServiceResource
from local_cloud.resources.registry import check_types, resource_class

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
        self.made: dict[str, Made] = {}
        self.gone: dict[str, Made] = {}
        self._operation = Operation()
        self.report: Report = _silent

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
        self._operation = Operation()
        self._settle_all(template, parameters)
        replaced = self._operation.replaced
        obsolete = {**replaced, **{name: self._forget(name) for name in self._unwanted()}}
        for logical_id in _last_first(obsolete):
            policy = REPLACEMENT if logical_id in replaced else DELETION
            self._clean_up(logical_id, obsolete[logical_id], policy)

    def go_back(self, template: dict[str, Any], parameters: dict[str, Any] | None = None) -> None:
        """Undo what `apply` has done, to the `template` before it; raises `ResourceFailed`."""
        self._bring_back()
        self._settle_all(template, parameters)
        newer = self._operation.newer
        unwanted = {name: self.made[name] for name in self._unwanted()}
        for logical_id in _last_first({**unwanted, **newer}):
            if logical_id in newer:
                self._end(logical_id, newer[logical_id], REPLACEMENT, just_made=True)
                del newer[logical_id]
            else:
                self._end_all([logical_id], just_made=True)

    def undo(self) -> None:
        """Delete what a creation has made, last first; raises `ResourceFailed`."""
        self._end_all(_last_first(self.made), just_made=True)

    def empty(self) -> None:
        """Delete the resources that do not stay, last first; raises `ResourceFailed`."""
        self._end_all(_last_first(self.made), just_made=False)

    def forget_attempts(self, logical_ids: Iterable[str]) -> None:
        """Take failed changes of these resources for rolled back."""
        for logical_id in logical_ids:
            self._operation.attempted.pop(logical_id, None)

    def _settle_all(self, template: dict[str, Any], parameters: dict[str, Any] | None) -> None:
        self._load(template, parameters)
        wanted = self._wanted()
        for logical_id in creation_order(wanted):
            self._settle(logical_id, wanted[logical_id])

    def _unwanted(self) -> list[str]:
        wanted = self._wanted()
        return [name for name in self.made if name not in wanted]

    def _bring_back(self) -> None:
        """Let what was replaced take its place again, before what replaced it goes."""
        for logical_id, replaced in self._operation.replaced.items():
            self._operation.newer[logical_id] = self.made[logical_id]
            self._remember(logical_id, replaced)
        self._operation.replaced.clear()

    def _end_all(self, logical_ids: Iterable[str], *, just_made: bool) -> None:
        for logical_id in logical_ids:
            self._end(logical_id, self.made[logical_id], DELETION, just_made=just_made)
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

    def _settle(self, logical_id: str, source: dict[str, Any]) -> None:
        """Make or change one resource."""
        before = self._operation.attempted.get(logical_id, self.made.get(logical_id))
        action = "CREATE" if before is None else "UPDATE"
        after: ServiceResource | None = None
        try:
            after = self._resource(logical_id, source, before)
            if before is not None and _is_same(before, after, source):
                before.source = source
                return
            self.report(logical_id, source["Type"], f"{action}_IN_PROGRESS", "", None)
            replaced = make(before, after, source["Type"])
        except Exception as error:  # whatever a service answers, the resource has failed
            logger.exception("%s failed", logical_id)
            self.report(logical_id, source["Type"], f"{action}_FAILED", "", reason(error))
            self._note_attempt(logical_id, after, source)
            raise ResourceFailed(f"{logical_id} ({source['Type']}): {reason(error)}") from error
        self._operation.attempted.pop(logical_id, None)
        if replaced is not None:
            self._operation.replaced[logical_id] = replaced
        self._remember(logical_id, Made(after, source, f"{action}_COMPLETE"))
        physical_id = after.physical_resource_id
        self.report(logical_id, source["Type"], f"{action}_COMPLETE", physical_id, None)

    def _note_attempt(
        self, logical_id: str, after: ServiceResource | None, source: dict[str, Any]
    ) -> None:
        """Remember a change in place that failed: it is undone by a change back."""
        made = self.made.get(logical_id)
        if made is None or after is None:
            return
        if after.physical_resource_id == made.resource.physical_resource_id:
            attempt = Made(after, source, "UPDATE_FAILED")
            self._operation.attempted.setdefault(logical_id, attempt)

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

    def _clean_up(self, logical_id: str, made: Made, policy: str) -> None:
        with suppress(ResourceFailed):  # told by its event
            self._end(logical_id, made, policy, just_made=False)

    def _end(self, logical_id: str, made: Made, policy: str, *, just_made: bool) -> None:
        """Delete a resource that its stack does not want any more, unless it stays."""
        if stays(made.source, policy, just_made=just_made):
            self._tell(logical_id, made, "DELETE_SKIPPED")
            return
        self._tell(logical_id, made, "DELETE_IN_PROGRESS")
        try:
            if leaves_snapshot(made.source, policy):
                made.resource.snapshot()
            made.resource.remove()
        except Exception as error:  # whatever a service answers, the resource is still there
            logger.exception("%s was not deleted", logical_id)
            self._tell(logical_id, made, "DELETE_FAILED", reason(error))
            raise ResourceFailed(f"{logical_id} ({made.type}): {reason(error)}") from error
        self._tell(logical_id, made, "DELETE_COMPLETE")

    def _tell(self, logical_id: str, made: Made, status: str, why: str | None = None) -> None:
        made.status = status
        self.report(logical_id, made.type, status, made.resource.physical_resource_id, why)

    def _remember(self, logical_id: str, made: Made) -> None:
        self.made[logical_id] = made
        self._parsed_resources[logical_id] = made.resource

    def _forget(self, logical_id: str) -> Made:
        self._parsed_resources.pop(logical_id, None)
        self.gone[logical_id] = self.made.pop(logical_id)
        return self.gone[logical_id]


def _last_first(made: Mapping[str, Made]) -> list[str]:
    """Logical ids in the order of deletion: each before what it needs."""
    return creation_order({logical_id: each.source for logical_id, each in made.items()})[::-1]


def _is_same(before: Made, after: ServiceResource, source: dict[str, Any]) -> bool:
    return before.type == source["Type"] and before.resource.properties == after.properties


def _with_stack_tags(own: list[dict[str, str]], stack_tags: dict[str, str]) -> list[dict[str, str]]:
    """A stack's tags reach every resource that takes tags; the resource's own come first."""
    known = {tag["Key"] for tag in own}
    inherited = [{"Key": k, "Value": v} for k, v in stack_tags.items() if k not in known]
    return own + inherited


def _silent(logical_id: str, kind: str, status: str, physical_id: str, why: str | None) -> None:
    """Report nothing: the map belongs to no stack yet."""
