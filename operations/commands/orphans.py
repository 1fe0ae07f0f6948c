"""The command `orphans`: lists the stacks that the app no longer contains, and deletes them."""

from __future__ import annotations

import json
import sys
from typing import Annotated

import typer
from rich.console import Console
from rich.prompt import Confirm

from operations.assembly import DEFAULT_FOLDER, Assembly
from operations.environment_clients import EnvironmentClients
from operations.options import Json, Templates
from operations.orphans.deletion import delete_stack, deletion_command
from operations.orphans.orphaned_stacks import OrphanedStack, orphaned_stacks
from operations.orphans.running_resources import running_resources
from stacks.config import ConfigurationError

HELP = "List the stacks of an environment that the app no longer contains, and what they run."
POLICY = "administrator"
EXAMPLES = ("redline --env dev orphans", "redline --env dev orphans --delete")
_NOT_DELETED = "not deleted"


def run(
    aws: EnvironmentClients,
    *,
    app: Templates = DEFAULT_FOLDER,
    delete_if_allowed: Annotated[
        bool,
        typer.Option(
            "--delete-if-allowed",
            help="Delete the stacks if the retention.removal of the environment is 'destroy'.",
        ),
    ] = False,
    delete: Annotated[bool, typer.Option("--delete", help="Ask, then delete the stacks.")] = False,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
    as_json: Json = False,
) -> int:
    """List the stacks, and delete them if the arguments say so.

    Return 1 if a stack that was to be deleted still exists.
    """
    needs = Assembly.read(app, prefix=aws.prefix, region=aws.region)
    stacks = orphaned_stacks(aws, {stack.name for stack in needs.stacks})
    console = Console(stderr=as_json, highlight=False, soft_wrap=True)
    runs = {stack.name: running_resources(aws, stack) for stack in stacks}
    _print(aws, stacks, runs, console)
    dispensable = aws.environment.retention.removal == "destroy"
    if delete or (delete_if_allowed and dispensable):
        outcomes = _delete(aws, stacks, console, ask=delete and not yes)
    else:
        outcomes = {stack.name: _remedy(aws, stack, dispensable=dispensable) for stack in stacks}
    for name, outcome in outcomes.items():
        console.print(f"{name}: {outcome}", markup=False)
    if as_json:
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
    name = aws.name
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
    lift = f"redline --env {aws.name} protection lift {aws.short(stack.name)}"
    return f"a deployment does not delete it, because {reason}; delete it with: {lift} && {command}"


def _delete(
    aws: EnvironmentClients,
    stacks: list[OrphanedStack],
    console: Console,
    *,
    ask: bool,
) -> dict[str, str]:
    """Delete the stacks. Return the outcome for each.

    Raises:
        ConfigurationError: the credentials are of another account than that of the environment.
    """
    if not stacks:
        return {}
    _check_account(aws)
    if ask and not _confirmed(len(stacks)):
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
            f"the credentials are of the account {account}, but {aws.name} is deployed "
            f"to {expected}: use credentials of {expected}"
        )
