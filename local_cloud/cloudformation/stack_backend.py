"""The stacks of an account and region, and the API operations of CloudFormation."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from moto.cloudformation.exceptions import AlreadyExistsException, ValidationError
from moto.cloudformation.models import CloudFormationBackend, Stack
from moto.cloudformation.utils import generate_stack_id

from local_cloud.cloudformation.rules import failed_assertions
from local_cloud.cloudformation.stack import LaptopStack
from local_cloud.cloudformation.template import creation_order, resource_types
from local_cloud.cloudformation.template_text import parse_template
from local_cloud.errors import LocalCloudError
from local_cloud.moto_lock import MOTO
from local_cloud.persistence.changes import CHANGES
from local_cloud.resources.type_registry import check_types


class LaptopCloudFormationBackend(CloudFormationBackend):  # type: ignore[misc]
    """moto's CloudFormation with `LaptopStack`. Templates with unsupported types are rejected."""

    @property
    def _url_module(self) -> Any:
        from local_cloud.cloudformation import urls

        return urls

    @MOTO.held()
    def get_stack(self, name_or_stack_id: str) -> Stack:
        """Return a stack by name or id. Raises `ValidationError`."""
        return super().get_stack(name_or_stack_id)

    def create_stack(
        self, name: str, template: str, parameters: dict[str, Any], **options: Any
    ) -> Stack:
        """Create the stack. Its status shows the result."""
        if any(stack.name == name for stack in list(self.stacks.values())):
            raise AlreadyExistsException(f"Stack [{name}] already exists")
        _check(name, template, parameters)
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
        with MOTO.released(), CHANGES.stack_operation(name):
            with MOTO.held():
                self.stacks[stack.stack_id] = stack
            stack.create_resources()
            self._publish_exports(stack)
        return stack

    def update_stack(
        self,
        name: str,
        template: str,
        role_arn: str | None,
        parameters: list[dict[str, Any]],
        tags: dict[str, str] | None,
    ) -> Stack:
        """Update the stack. Its status shows the result."""
        resolved = self._resolve_update_parameters(self.get_stack(name), parameters)
        _check(name, template, resolved)
        with MOTO.released(), CHANGES.stack_operation(name):
            stack = super().update_stack(name, template, role_arn, parameters, tags)
            self._publish_exports(stack)
        return stack

    def continue_update_rollback(self, name: str, skipped: Sequence[str]) -> None:
        """Continue a failed roll-back. The status of the stack shows the result."""
        stack = self.get_stack(name)
        with MOTO.released(), CHANGES.stack_operation(name):
            stack.continue_roll_back(skipped)
            self._publish_exports(stack)

    def delete_stack(self, name_or_stack_id: str) -> None:
        """Delete the stack. If a resource cannot be deleted, the stack is in DELETE_FAILED."""
        for stack in [
            s for s in list(self.stacks.values()) if name_or_stack_id in (s.stack_id, s.name)
        ]:
            if stack.enable_termination_protection:
                raise ValidationError(
                    message=f"Stack [{stack.name}] cannot be deleted while "
                    "TerminationProtection is enabled"
                )
            with MOTO.released(), CHANGES.stack_operation(stack.name):
                self._delete(stack)

    def _delete(self, stack: Stack) -> None:
        stack.delete()
        if stack.status == "DELETE_COMPLETE":
            with MOTO.held():
                # A concurrent request may have already deleted the stack.
                self.stacks.pop(stack.stack_id, None)
                self.deleted_stacks[stack.stack_id] = stack
                self._remove_exports(stack)

    def create_change_set(
        self, stack_name: str, change_set_name: str, template: str, **options: Any
    ) -> tuple[str, str]:
        """Create a change set. Raises moto's `ValidationError` if the template is rejected."""
        _check(stack_name, template, options["parameters"])
        created: tuple[str, str] = super().create_change_set(
            stack_name, change_set_name, template, **options
        )
        return created

    def execute_change_set(self, change_set_name: str, stack_name: str | None = None) -> None:
        """Execute a change set: create or update its stack."""
        change_set = self.describe_change_set(change_set_name)
        stack = self.stacks[change_set.stack_id]
        _check(stack.name, change_set.template, change_set.parameters)
        with MOTO.released(), CHANGES.stack_operation(stack.name):
            if change_set.change_set_type == "CREATE":
                stack.create_from(change_set.template, change_set.parameters)
            else:
                stack.update(
                    change_set.template, parameters=change_set.parameters, tags=change_set.tags
                )
            change_set.execution_status = "EXECUTE_COMPLETE"
            self._publish_exports(stack)

    @MOTO.held()
    def _publish_exports(self, stack: Stack) -> None:
        self._remove_exports(stack)
        if stack.status in ("CREATE_COMPLETE", "UPDATE_COMPLETE", "UPDATE_ROLLBACK_COMPLETE"):
            self._validate_export_uniqueness(stack)
            self.exports.update({export.name: export for export in stack.exports})

    def _remove_exports(self, stack: Stack) -> None:
        for name in [
            n for n, e in list(self.exports.items()) if e.exporting_stack_id == stack.stack_id
        ]:
            del self.exports[name]


def _check(name: str, template: str, parameters: Mapping[str, Any]) -> None:
    """Raise `ValidationError` for unsupported types, circular dependencies or failed rules."""
    document = parse_template(template)
    try:
        check_types(resource_types(document), where=f"stack {name}")
        creation_order(document["Resources"])
        failed = list(failed_assertions(document, parameters))
    except LocalCloudError as error:
        raise ValidationError(message=str(error)) from error
    if failed:
        raise ValidationError(
            message=f"Template error: the rules of stack {name} are violated: {'; '.join(failed)}"
        )
