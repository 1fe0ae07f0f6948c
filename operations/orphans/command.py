"""The command `orphans`: lists the stacks that the app no longer contains, and deletes them."""

from __future__ import annotations

import argparse
import json
import sys

from rich.console import Console
from rich.prompt import Confirm

from operations.assembly import Assembly, add_app_argument
from operations.environment_clients import EnvironmentClients
from operations.orphans.deletion import delete_stack, deletion_command
from operations.orphans.orphaned_stacks import OrphanedStack, orphaned_stacks
from operations.orphans.running_resources import running_resources
from stacks.config import ConfigurationError

HELP = "list the stacks of an environment that the app no longer contains, and what they run"
_NOT_DELETED = "not deleted"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments for the templates and for the deletion."""
    add_app_argument(parser)
    deletion = parser.add_mutually_exclusive_group()
    deletion.add_argument(
        "--delete-if-allowed",
        action="store_true",
        help="delete the stacks if the retention.removal of ENV is 'destroy'",
    )
    deletion.add_argument("--delete", action="store_true", help="ask, then delete the stacks")
    parser.add_argument("--yes", action="store_true", help="delete the stacks without a question")


def run(arguments: argparse.Namespace, aws: EnvironmentClients) -> int:
    """List the stacks, and delete them if the arguments say so.

    Return 1 if a stack that was to be deleted still exists.
    """
    needs = Assembly.read(arguments.app, prefix=aws.prefix, region=aws.environment.region)
    stacks = orphaned_stacks(aws, {stack.name for stack in needs.stacks})
    console = Console(stderr=arguments.json, highlight=False, soft_wrap=True)
    runs = {stack.name: running_resources(aws, stack) for stack in stacks}
    _print(aws, stacks, runs, console)
    dispensable = aws.environment.retention.removal == "destroy"
    if arguments.delete or (arguments.delete_if_allowed and dispensable):
        outcomes = _delete(arguments, aws, stacks, console)
    else:
        outcomes = {stack.name: _remedy(aws, stack, dispensable=dispensable) for stack in stacks}
    for name, outcome in outcomes.items():
        console.print(f"{name}: {outcome}", markup=False)
    if arguments.json:
        documents = [
            {
                "name": stack.name,
                "status": stack.status,
                "runs": runs[stack.name],
                "outcome": outcomes[stack.name],
            }
            for stack in stacks
        ]
        print(json.dumps(documents, indent=2))
    return 1 if any(outcome.startswith(_NOT_DELETED) for outcome in outcomes.values()) else 0


def _print(
    aws: EnvironmentClients,
    stacks: list[OrphanedStack],
    runs: dict[str, list[str]],
    console: Console,
) -> None:
    name = aws.environment.name
    if not stacks:
        console.print(f"The app contains all stacks of {name}.")
        return
    console.print(f"Stacks of {name} that the app no longer contains:")
    for stack in stacks:
        console.print(f"  {stack.name} ({stack.status})", markup=False)
        for line in runs[stack.name] or ["nothing that is billed while idle"]:
            console.print(f"    {line}", markup=False)


def _remedy(aws: EnvironmentClients, stack: OrphanedStack, *, dispensable: bool) -> str:
    command = deletion_command(aws, stack)
    if dispensable:
        return f"the next deployment deletes it; now: {command}"
    reason = "the environment retains its data"
    return f"a deployment does not delete it, because {reason}; delete it with: {command}"


def _delete(
    arguments: argparse.Namespace,
    aws: EnvironmentClients,
    stacks: list[OrphanedStack],
    console: Console,
) -> dict[str, str]:
    """Delete the stacks. Return the outcome for each.

    Raises:
        ConfigurationError: the credentials are of another account than that of the environment.
    """
    if not stacks:
        return {}
    _check_account(aws)
    if arguments.delete and not arguments.yes and not _confirmed(len(stacks)):
        reason = f"{_NOT_DELETED}: the question was not answered with yes; --yes does not ask"
        return {stack.name: reason for stack in stacks}
    outcomes = {}
    for stack in stacks:
        with console.status(f"Deleting {stack.name} …"):
            failure = delete_stack(aws, stack)
        outcomes[stack.name] = f"{_NOT_DELETED}: {failure}" if failure else "deleted"
    return outcomes


def _confirmed(number: int) -> bool:
    """Ask on the terminal; without a terminal the answer is no."""
    try:
        return sys.stdin.isatty() and Confirm.ask(f"Delete these {number} stacks?", default=False)
    except EOFError:
        return False


def _check_account(aws: EnvironmentClients) -> None:
    expected = aws.environment.account
    account = aws.clients("sts").get_caller_identity()["Account"]
    if expected not in (None, account):
        raise ConfigurationError(
            f"the credentials are of the account {account}, but {aws.environment.name} is deployed "
            f"to {expected}: use credentials of {expected}"
        )
