"""Stacks with the states, events and roll-backs of CloudFormation."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Sequence
from typing import Any

from moto.cloudformation import urls
from moto.cloudformation.exceptions import AlreadyExistsException, ValidationError
from moto.cloudformation.models import CloudFormationBackend, Event, Stack
from moto.cloudformation.parsing import Export
from moto.cloudformation.utils import generate_stack_id

from local_cloud.cloudformation.resource_map import LaptopResourceMap, ResourceFailed
from local_cloud.cloudformation.template import creation_order, resource_types
from local_cloud.errors import LocalCloudError
from local_cloud.resources.registry import check_types

logger = logging.getLogger(__name__)


class LaptopStack(Stack):  # type: ignore[misc]  # moto is untyped here
    """A stack that ends in CREATE_COMPLETE or ROLLBACK_COMPLETE, as on AWS, and says why.

    The work is done within the call that asks for it; retained resources are deleted when their
    creation is rolled back, so that a corrected app can be deployed at once.
    """

    stack_status_reason: str | None = None
    resource_map: LaptopResourceMap
    template: str
    template_dict: dict[str, Any]
    parameters: dict[str, Any]
    tags: dict[str, str]
    _outputs: Sequence[dict[str, Any]] = ()
    _exports: Sequence[Export] = ()

    def _create_resource_map(self) -> LaptopResourceMap:
        resources = LaptopResourceMap(
            self.stack_id,
            self.name,
            self.parameters,
            self.tags,
            account_id=self.account_id,
            region_name=self.region_name,
            template=self.template_dict,
            cross_stack_resources=self.cross_stack_resources,
        )
        resources.load()
        resources.report = self._add_resource_event
        return resources

    @property
    def outputs(self) -> Sequence[dict[str, Any]]:
        """The outputs, as they were when the stack was last brought to its template."""
        return self._outputs

    @property
    def exports(self) -> Sequence[Export]:
        """The exports, likewise."""
        return self._exports

    @property
    def stack_resources(self) -> list[Any]:
        """The resources that exist."""
        return [made.resource for made in self.resource_map.made.values()]

    @staticmethod
    def parse_template(template: str) -> dict[str, Any]:
        """CDK writes JSON; moto would read it as YAML, hundreds of times slower."""
        try:
            document: dict[str, Any] = json.loads(template)
        except json.JSONDecodeError:
            document = Stack.parse_template(template)
        return document

    def create_resources(self) -> None:
        """Make everything, or roll back."""
        self._enter("CREATE_IN_PROGRESS", "User Initiated")
        try:
            self._apply()
        except ResourceFailed as error:
            self._enter("ROLLBACK_IN_PROGRESS", str(error))
            self._attempt(
                lambda: self.resource_map.empty(respect_retention=False),
                "ROLLBACK",
                reason=str(error),
            )
        else:
            self._enter("CREATE_COMPLETE")

    def create_from(self, template: str, parameters: dict[str, Any]) -> None:
        """Make everything of a change set's template."""
        self.template, self.parameters = template, parameters
        self._parse_template()
        self.create_resources()

    def update(
        self,
        template: str,
        role_arn: str | None = None,
        parameters: dict[str, Any] | None = None,
        tags: dict[str, str] | None = None,
    ) -> None:
        """Bring the stack to another template, or back to the one it had."""
        before = (self.template, self.template_dict, self.parameters, self.tags)
        self._enter("UPDATE_IN_PROGRESS", "User Initiated")
        self.template, self.role_arn = template, role_arn
        self._parse_template()
        self.tags = self.tags if tags is None else tags
        self.parameters = parameters or self.parameters
        try:
            self._apply()
        except ResourceFailed as error:
            self._enter("UPDATE_ROLLBACK_IN_PROGRESS", str(error))
            self.template, self.template_dict, self.parameters, self.tags = before
            self._attempt(self._apply, "UPDATE_ROLLBACK", reason=str(error))
        else:
            self._enter("UPDATE_COMPLETE")

    def delete(self) -> None:
        """Delete what is not retained."""
        self._enter("DELETE_IN_PROGRESS", "User Initiated")
        self._attempt(lambda: self.resource_map.empty(respect_retention=True), "DELETE")

    def _apply(self) -> None:
        self.resource_map.tags = dict(self.tags)
        self.resource_map.apply(self.template_dict, self.parameters)
        self.output_map = self._create_output_map()
        try:
            self._outputs = super().outputs or []
            self._exports = self.output_map.exports
        except LocalCloudError as error:
            raise ResourceFailed(f"Outputs of {self.name}: {error}") from error

    def _attempt(self, work: Callable[[], None], action: str, *, reason: str | None = None) -> None:
        try:
            work()
        except ResourceFailed as error:
            self._enter(f"{action}_FAILED", str(error))
        else:
            self._enter(f"{action}_COMPLETE", reason)

    def _enter(self, status: str, reason: str | None = None) -> None:
        self.status, self.stack_status_reason = status, reason
        self._add_stack_event(status, resource_status_reason=reason)

    def _add_resource_event(
        self, logical_id: str, kind: str, status: str, physical_id: str, why: str | None
    ) -> None:
        self.events.append(
            Event(
                stack_id=self.stack_id,
                stack_name=self.name,
                logical_resource_id=logical_id,
                physical_resource_id=physical_id,
                resource_type=kind,
                resource_status=status,
                resource_status_reason=why,
                resource_properties=None,
            )
        )


class LaptopCloudFormationBackend(CloudFormationBackend):  # type: ignore[misc]
    """moto's CloudFormation with `LaptopStack`; types nobody wrote are refused up front."""

    @property
    def _url_module(self) -> Any:
        return urls

    def create_stack(
        self, name: str, template: str, parameters: dict[str, Any], **options: Any
    ) -> Stack:
        """Create the stack; how it went is in its status."""
        if any(stack.name == name for stack in self.stacks.values()):
            raise AlreadyExistsException(f"Stack [{name}] already exists")
        _check(name, template)
        stack = LaptopStack(
            stack_id=generate_stack_id(name, self.region_name, self.account_id),
            name=name,
            template=template,
            parameters=parameters,
            account_id=self.account_id,
            region_name=self.region_name,
            cross_stack_resources=self.exports,
            **options,
        )
        self.stacks[stack.stack_id] = stack
        stack.create_resources()
        self._publish_exports(stack)
        return stack

    def update_stack(self, name: str, template: str, *arguments: Any, **options: Any) -> Stack:
        """Update the stack; how it went is in its status."""
        _check(name, template)
        stack = super().update_stack(name, template, *arguments, **options)
        self._publish_exports(stack)
        return stack

    def delete_stack(self, name_or_stack_id: str) -> None:
        """Delete the stack; it stays, with its status, if a resource cannot be deleted."""
        for stack in [s for s in self.stacks.values() if name_or_stack_id in (s.stack_id, s.name)]:
            stack.delete()
            if stack.status == "DELETE_COMPLETE":
                del self.stacks[stack.stack_id]
                self.deleted_stacks[stack.stack_id] = stack
                self._withdraw_exports(stack)

    def execute_change_set(self, change_set_name: str, stack_name: str | None = None) -> None:
        """Carry a change set out as a creation or an update of its stack."""
        change_set = self.describe_change_set(change_set_name)
        stack = self.stacks[change_set.stack_id]
        _check(stack.name, change_set.template)
        if change_set.change_set_type == "CREATE":
            stack.create_from(change_set.template, change_set.parameters)
        else:
            stack.update(
                change_set.template, parameters=change_set.parameters, tags=change_set.tags
            )
        change_set.execution_status = "EXECUTE_COMPLETE"
        self._publish_exports(stack)

    def _publish_exports(self, stack: Stack) -> None:
        self._withdraw_exports(stack)
        if stack.status in ("CREATE_COMPLETE", "UPDATE_COMPLETE", "UPDATE_ROLLBACK_COMPLETE"):
            self._validate_export_uniqueness(stack)
            self.exports.update({export.name: export for export in stack.exports})

    def _withdraw_exports(self, stack: Stack) -> None:
        for name in [n for n, e in self.exports.items() if e.exporting_stack_id == stack.stack_id]:
            del self.exports[name]


def _check(name: str, template: str) -> None:
    """Refuse a template that cannot be made before anything of it is."""
    document = LaptopStack.parse_template(template)
    try:
        check_types(resource_types(document), where=f"stack {name}")
        creation_order(document["Resources"])
    except LocalCloudError as error:
        raise ValidationError(message=str(error)) from error
