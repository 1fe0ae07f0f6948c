"""Command: python -m operations left ENV [--json]."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from dataclasses import asdict
from typing import get_args

from botocore.exceptions import BotoCoreError, ClientError
from rich.console import Console

from operations.environment_clients import EnvironmentClients, create_clients
from operations.remaining_resources import Reason, RemainingResource
from operations.resources_outside_stacks import remaining_outside_stacks, shared_resources
from operations.stack_resources import remaining_of_stacks
from stacks.config import ConfigurationError
from stacks.environments import environment_named


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the resources that remain.

    Return 0 if all stacks are deleted, 1 if a stack exists, 2 if the resources cannot be listed.
    """
    parsed = _parser().parse_args(arguments)
    try:
        aws = create_clients(environment_named(parsed.environment))
        found = remaining_resources(aws)
    except (ConfigurationError, BotoCoreError, ClientError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    if parsed.json:
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
    environment = aws.environment
    lines = [f"Resources of {environment.name} that remain in {environment.region}:"]
    for reason in get_args(Reason):
        group = [each for each in found if each.reason == reason]
        if group:
            lines += ["", f"{reason}:", *map(_line, group)]
    return "\n".join(lines if found else [*lines, "none"])


def _line(resource: RemainingResource) -> str:
    note = f" ({resource.note})" if resource.note else ""
    return f"  {resource.kind.removeprefix('AWS::')}  {resource.name}{note}"


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m operations", description="Commands for a deployed environment."
    )
    commands = parser.add_subparsers(required=True)
    command = commands.add_parser(
        "left", help="list the resources that remain after an environment is destroyed"
    )
    command.add_argument(
        "environment", metavar="ENV", help="name of the environment: local, dev, …"
    )
    command.add_argument("--json", action="store_true", help="print one JSON document")
    return parser


if __name__ == "__main__":
    raise SystemExit(main())
