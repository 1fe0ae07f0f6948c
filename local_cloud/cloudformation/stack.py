"""Stacks with the states, events and roll-backs of CloudFormation."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from moto.cloudformation.exceptions import ValidationError
from moto.cloudformation.models import Event, Stack
from moto.cloudformation.parsing import Export

from local_cloud.cloudformation.deployed_resource import DeployedResource
from local_cloud.cloudformation.resource_map import LaptopResourceMap, ResourceFailed
from local_cloud.cloudformation.template_text import parse_template
from local_cloud.errors import LocalCloudError

# A stack in one of these states can be deleted but not updated.
_NOT_UPDATABLE = ("ROLLBACK_COMPLETE", "ROLLBACK_FAILED", "DELETE_FAILED", "UPDATE_ROLLBACK_FAILED")


class LaptopStack(Stack):  # type: ignore[misc]  # moto is untyped here
    """A stack whose operations are completed or rolled back as on AWS, with a reason.

    An operation runs within its API call. During that time other updates are rejected, because an
    operation is in progress.
    """

    stack_status_reason: str | None = None
    resource_map: LaptopResourceMap
    template: str
    template_dict: dict[str, Any]
    parameters: dict[str, Any]
    tags: dict[str, str]
    _outputs: Sequence[dict[str, Any]] = ()
    _exports: Sequence[Export] = ()

    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        self._working = threading.Lock()

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
        """The outputs after the last operation that completed."""
        return self._outputs

    @property
    def exports(self) -> Sequence[Export]:
        """The exports after the last operation that completed."""
        return self._exports

    @property
    def stack_resources(self) -> list[Any]:
        """The existing resources."""
        # An operation may change the resources meanwhile.
        return [deployed.resource for deployed in list(self.resource_map.deployed.values())]

    @property
    def listed(self) -> list[DeployedResource]:
        """The existing resources with their status; for a deleted stack, the deleted resources."""
        known = self.resource_map.removed if self.status == "DELETE_COMPLETE" else {}
        return [*known.values(), *self.resource_map.deployed.values()]

    parse_template = staticmethod(parse_template)

    def create_resources(self) -> None:
        """Create all resources. Roll back if a resource fails."""
        with self._working:
            self._set_stack_status("CREATE_IN_PROGRESS", "User Initiated")
            try:
                self._apply_template(self.resource_map.apply)
            except ResourceFailed as error:
                self._set_stack_status("ROLLBACK_IN_PROGRESS", str(error))
                self._attempt(self.resource_map.undo_creation, "ROLLBACK", reason=str(error))
            else:
                self._set_stack_status("CREATE_COMPLETE")

    def create_from(self, template: str, parameters: dict[str, Any]) -> None:
        """Create all resources in the template of a change set."""
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
        """Update the stack to another template. Roll back to the current template on a failure.

        Raises moto's `ValidationError` if the status of the stack does not allow updates.
        """
        with self._exclusive():
            before = (self.template, self.template_dict, self.parameters, self.tags)
            self._set_stack_status("UPDATE_IN_PROGRESS", "User Initiated")
            self.template, self.role_arn = template, role_arn
            self._parse_template()
            self.tags = self.tags if tags is None else tags
            self.parameters = parameters or self.parameters
            self.resource_map.policy = self.policy
            try:
                self._apply_template(self.resource_map.apply)
            except ResourceFailed as error:
                self.template, self.template_dict, self.parameters, self.tags = before
                self._roll_back(str(error))
            else:
                self._set_stack_status("UPDATE_COMPLETE")

    def continue_roll_back(self, skipped: Sequence[str]) -> None:
        """Perform ContinueUpdateRollback. Skipped resources are treated as rolled back."""
        if self.status != "UPDATE_ROLLBACK_FAILED":
            raise ValidationError(
                message=f"Stack:{self.stack_id} is in {self.status} state and can not continue its "
                "roll-back."
            )
        with self._working:
            self.resource_map.discard_attempts(skipped)
            self._roll_back("User Initiated")

    def delete(self) -> None:
        """Delete the resources that are not retained. Waits for a running operation."""
        with self._working:
            if self.status == "DELETE_COMPLETE":
                return
            self._set_stack_status("DELETE_IN_PROGRESS", "User Initiated")
            self._attempt(self.resource_map.delete_all, "DELETE")

    def _roll_back(self, why: str) -> None:
        self._set_stack_status("UPDATE_ROLLBACK_IN_PROGRESS", why)
        self._attempt(
            lambda: self._apply_template(self.resource_map.roll_back), "UPDATE_ROLLBACK", reason=why
        )

    @contextmanager
    def _exclusive(self) -> Iterator[None]:
        """Raise `ValidationError` during another operation or after a failed roll-back."""
        free = self._working.acquire(blocking=False)
        try:
            if not free or self.status in _NOT_UPDATABLE:
                raise ValidationError(
                    message=f"Stack:{self.stack_id} is in {self.status} state and can not be "
                    "updated."
                )
            yield
        finally:
            if free:
                self._working.release()

    def _apply_template(self, apply: Callable[[dict[str, Any], dict[str, Any]], None]) -> None:
        """Update the resources with `apply`, then the outputs."""
        self.resource_map.tags = dict(self.tags)
        apply(self.template_dict, self.parameters)
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
            self._set_stack_status(f"{action}_FAILED", str(error))
        else:
            self._set_stack_status(f"{action}_COMPLETE", reason)

    def _set_stack_status(self, status: str, reason: str | None = None) -> None:
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
