"""The command `left`: lists the resources that remain after an environment is destroyed."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import get_args

from rich.console import Console

from operations.environment_clients import EnvironmentClients
from operations.options import Json
from operations.remaining_resources import Reason, RemainingResource
from operations.resources_outside_stacks import remaining_outside_stacks, shared_resources
from operations.stack_resources import remaining_of_stacks

HELP = "List the resources that remain after an environment is destroyed."
POLICY = "administrator"
EXAMPLES = ("redline --env dev left",)


def run(aws: EnvironmentClients, *, as_json: Json = False) -> int:
    """Print the resources that remain. Return 0 if all stacks are deleted, 1 if a stack exists."""
    found = remaining_resources(aws)
    if as_json:
        print(json.dumps([asdict(each) for each in found], indent=2))
    else:
        Console(highlight=False, soft_wrap=True).print(_text(aws, found), markup=False)
    return 1 if any(each.reason == "not deleted" for each in found) else 0


def remaining_resources(aws: EnvironmentClients) -> list[RemainingResource]:
    """List all resources of the environment that still exist."""
    return [
        *remaining_of_stacks(aws),
        *remaining_outside_stacks(aws),
        *shared_resources(aws),
    ]


def _text(aws: EnvironmentClients, found: list[RemainingResource]) -> str:
    lines = [f"Resources of {aws.name} that remain in {aws.region}:"]
    for reason in get_args(Reason):
        group = [each for each in found if each.reason == reason]
        if group:
            lines += ["", f"{reason}:", *map(_line, group)]
    return "\n".join(lines if found else [*lines, "none"])


def _line(resource: RemainingResource) -> str:
    note = f" ({resource.note})" if resource.note else ""
    return f"  {resource.kind.removeprefix('AWS::')}  {resource.name}{note}"
