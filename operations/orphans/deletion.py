"""Deletes stacks, and waits until they are deleted."""

from __future__ import annotations

from botocore.exceptions import ClientError, WaiterError

from operations.environment_clients import EnvironmentClients
from operations.orphans.orphaned_stacks import OrphanedStack

# An endpoint or a cluster takes minutes: at most two hours for a stack.
_WAIT = {"Delay": 5, "MaxAttempts": 1440}


def delete_stack(aws: EnvironmentClients, stack: OrphanedStack) -> str | None:
    """Delete the stack and wait. Return None, or the reason why the stack still exists."""
    client = aws.clients("cloudformation")
    try:
        client.delete_stack(StackName=stack.stack_id)
        waiter = client.get_waiter("stack_delete_complete")
        waiter.wait(StackName=stack.stack_id, WaiterConfig=_WAIT)
    except ClientError as error:
        return str(error.response["Error"]["Message"])
    except WaiterError as error:
        return "; ".join(_failures(aws, stack)) or str(error)
    return None


def deletion_command(aws: EnvironmentClients, stack: OrphanedStack) -> str:
    """Return the command of the AWS CLI that deletes the stack."""
    url = aws.clients("cloudformation").meta.endpoint_url
    endpoint = "" if ".amazonaws.com" in url else f" --endpoint-url {url}"
    return (
        f"aws cloudformation delete-stack --region {aws.region} --stack-name {stack.name}{endpoint}"
    )


def _failures(aws: EnvironmentClients, stack: OrphanedStack) -> list[str]:
    """Return the reasons of the resources that the last operation could not delete."""
    reasons = []
    events = aws.list_all(
        "cloudformation", "describe_stack_events", "StackEvents", StackName=stack.stack_id
    )
    for event in events:
        is_stack = event["PhysicalResourceId"] == stack.stack_id
        if is_stack and event["ResourceStatus"] == "DELETE_IN_PROGRESS":
            break
        if event["ResourceStatus"] == "DELETE_FAILED" and not is_stack:
            reason = event.get("ResourceStatusReason", "no reason")
            reasons.append(f"{event['LogicalResourceId']}: {reason}")
    return reasons
