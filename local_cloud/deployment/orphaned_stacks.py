"""Lists and deletes the stacks that an app no longer contains, with the app's command `orphans`.

The command gets `--app ASSEMBLY --json` and an action. It prints a JSON list of the stacks, and
exits with 1 if a stack could not be deleted.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from local_cloud.app_settings import read_settings, run_app_command
from local_cloud.context import Cloud
from local_cloud.deployment.assembly import read_assembly
from local_cloud.errors import DeployFailed

BOOTSTRAP_STACK = "CDKToolkit"
# The actions, as arguments of the command.
LIST: tuple[str, ...] = ()
DELETE_IF_ALLOWED = ("--delete-if-allowed",)
DELETE = ("--delete", "--yes")


@dataclass(frozen=True)
class OrphanedStack:
    """A stack that the app no longer contains, a line for each resource that it runs or that is
    billed, and what becomes of the stack."""

    name: str
    status: str
    runs: tuple[str, ...]
    outcome: str


def handle_orphans(
    cloud: Cloud,
    environment: str,
    assembly: Path,
    *,
    folder: Path,
    action: tuple[str, ...],
    timeout_seconds: float | None = None,
) -> tuple[OrphanedStack, ...]:
    """Run the app's command. Return no stacks if the app does not declare the command.

    Raises `DeployFailed` if the command fails, and subprocess.TimeoutExpired.
    """
    command = read_settings(folder).orphans
    known = [stack.name for stack in read_assembly(assembly)]
    if not command or not unknown_stacks(cloud, known):
        return ()
    done = run_app_command(
        cloud,
        command,
        environment,
        *("--app", str(assembly), "--json", *action),
        cwd=folder,
        capture_output=True,
        timeout=timeout_seconds,
    )
    if done.returncode:
        raise DeployFailed(
            f"The command `orphans` of the app failed:\n{done.stdout}{done.stderr}".rstrip()
        )
    return tuple(_stack(document) for document in json.loads(done.stdout))


def unknown_stacks(cloud: Cloud, known: Collection[str]) -> tuple[str, ...]:
    """Return the existing stacks that are not `known`, also those of other environments."""
    pages = cloud.client("cloudformation").get_paginator("list_stacks").paginate()
    return tuple(
        stack["StackName"]
        for page in pages
        for stack in page["StackSummaries"]
        if stack["StackStatus"] != "DELETE_COMPLETE"
        and stack["StackName"] not in (BOOTSTRAP_STACK, *known)
    )


def orphan_lines(orphans: Iterable[OrphanedStack]) -> Iterator[str]:
    """Yield lines for the output of a command."""
    for each in orphans:
        yield f"{each.name} ({each.status}), which the app no longer contains: {each.outcome}"
        yield from (f"  {line}" for line in each.runs)


def _stack(document: dict[str, Any]) -> OrphanedStack:
    return OrphanedStack(**{**document, "runs": tuple(document["runs"])})
