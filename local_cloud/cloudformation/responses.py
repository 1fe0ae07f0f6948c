"""API operations of CloudFormation that moto does not have or implements differently from AWS."""

from __future__ import annotations

from moto.cloudformation.responses import CloudFormationResponse
from moto.core.responses import ActionResult, EmptyResult


class LaptopCloudFormationResponse(CloudFormationResponse):  # type: ignore[misc]  # moto is untyped
    """moto's responses, with the status of resources, deleted stacks and ContinueUpdateRollback."""

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
