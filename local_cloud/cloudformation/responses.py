"""API operations of CloudFormation that moto does not have or implements differently from AWS."""

from __future__ import annotations

from moto.cloudformation.exceptions import ValidationError
from moto.cloudformation.responses import CloudFormationResponse
from moto.core.responses import ActionResult, EmptyResult

from local_cloud.cloudformation.stack_policy import InvalidStackPolicy, check_policy


class LaptopCloudFormationResponse(CloudFormationResponse):  # type: ignore[misc]  # moto is untyped
    """moto's responses, with the status of resources, stack policies and ContinueUpdateRollback."""

    def list_stacks(self) -> ActionResult:
        """Perform ListStacks. moto omits the names of deleted stacks."""
        stacks = self.cloudformation_backend.list_stacks(self._get_param("StackStatusFilter", []))
        summaries = [
            {
                "StackId": stack.stack_id,
                "StackName": stack.name,
                "StackStatus": stack.status,
                "StackStatusReason": stack.stack_status_reason,
                "CreationTime": stack.creation_time,
            }
            for stack in stacks
        ]
        return ActionResult({"StackSummaries": summaries})

    def list_stack_resources(self) -> ActionResult:
        """Perform ListStackResources with the status of each resource, also for deleted stacks."""
        stack = self.cloudformation_backend.get_stack(self._get_param("StackName"))
        summaries = [
            {
                "LogicalResourceId": deployed.resource.logical_resource_id,
                "PhysicalResourceId": deployed.resource.physical_resource_id,
                "ResourceType": deployed.type,
                "ResourceStatus": deployed.status,
                "LastUpdatedTimestamp": stack.creation_time,
            }
            for deployed in stack.listed
        ]
        return ActionResult({"StackResourceSummaries": summaries})

    def update_stack(self) -> ActionResult:
        """Perform UpdateStack, without a policy for this update alone."""
        for name in ("StackPolicyDuringUpdateBody", "StackPolicyDuringUpdateURL"):
            if self._get_param(name):
                raise ValidationError(
                    message=f"the laptop cloud does not support {name}: call SetStackPolicy"
                )
        return super().update_stack()

    def set_stack_policy(self) -> EmptyResult:
        """Perform SetStackPolicy with a policy in the request. moto does not check it."""
        if self._get_param("StackPolicyURL"):
            raise ValidationError(message="the laptop cloud does not support StackPolicyURL")
        body = self._get_param("StackPolicyBody") or ""
        try:
            check_policy(body)
        except InvalidStackPolicy as error:
            raise ValidationError(message=str(error)) from error
        self.cloudformation_backend.set_stack_policy(self._get_param("StackName"), body)
        return EmptyResult()

    def get_stack_policy(self) -> ActionResult:
        """Perform GetStackPolicy."""
        found = self.cloudformation_backend.get_stack_policy(self._get_param("StackName"))
        return ActionResult({"StackPolicyBody": found or None})

    def update_termination_protection(self) -> ActionResult:
        """Perform UpdateTerminationProtection, which the CDK CLI calls after a deployment."""
        stack = self.cloudformation_backend.get_stack(self._get_param("StackName"))
        stack.enable_termination_protection = self._get_param("EnableTerminationProtection")
        return ActionResult({"StackId": stack.stack_id})

    def continue_update_rollback(self) -> EmptyResult:
        """Perform ContinueUpdateRollback."""
        self.cloudformation_backend.continue_update_rollback(
            self._get_param("StackName"), self._get_param("ResourcesToSkip", [])
        )
        return EmptyResult()
