"""Deploys the environment, and records its stacks with their resources."""

from __future__ import annotations

from operations.smoke import SmokeError
from operations.smoke.cdk_command import run_command
from operations.smoke.phase import Phase, SmokeRun

_DEPLOYED = "CREATE_COMPLETE"
# The reason of a resource that CloudFormation stopped because another one had failed.
_CANCELLED = "cancelled"


def _run(run: SmokeRun) -> str:
    try:
        run_command(run, run.deploy, log="deploy.log")
    except SmokeError as error:
        raise SmokeError("\n".join([str(error), *_failures(run)])) from error
    stacks = [
        stack
        for stack in run.aws.list_all("cloudformation", "describe_stacks", "Stacks")
        if stack["StackName"].startswith(run.aws.prefix)
    ]
    if states := [s["StackName"] for s in stacks if s["StackStatus"] != _DEPLOYED]:
        raise SmokeError(f"these stacks are not {_DEPLOYED}: {', '.join(states)}")
    resources = sum(
        len(
            run.aws.list_all(
                "cloudformation",
                "list_stack_resources",
                "StackResourceSummaries",
                StackName=stack["StackName"],
            )
        )
        for stack in stacks
    )
    return f"{len(stacks)} stacks, {resources} resources"


def _failures(run: SmokeRun) -> list[str]:
    """Return the reasons of the failed resources; cancelled resources are skipped."""
    stacks = run.aws.list_all("cloudformation", "describe_stacks", "Stacks")
    names = [s["StackName"] for s in stacks if s["StackName"].startswith(run.aws.prefix)]
    return [
        f"{name} {event['LogicalResourceId']}: {event.get('ResourceStatusReason', 'no reason')}"
        for name in names
        for event in run.aws.list_all(
            "cloudformation", "describe_stack_events", "StackEvents", StackName=name
        )
        if event["ResourceStatus"].endswith("_FAILED")
        and _CANCELLED not in event.get("ResourceStatusReason", "")
    ]


PHASE = Phase("deploy", _run)
