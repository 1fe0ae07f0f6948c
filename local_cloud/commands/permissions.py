"""`permissions`: list the grants, the allowed calls and the denied calls of each deployed role."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from local_cloud.authorization.grant_usage import RoleUsage, read_explanations, usage
from local_cloud.client import read_permissions
from local_cloud.context import Cloud
from local_cloud.output import show

HELP = "list the unused grants and the denied calls of each role"
EXPLANATIONS = Path("docs/unused-grants.toml")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments: a file with explanations, and an output file for all calls."""
    parser.add_argument(
        "--explanations",
        type=Path,
        metavar="FILE",
        help=f"file that explains unused grants (default: {EXPLANATIONS}, if it exists)",
    )
    parser.add_argument(
        "--calls", action="store_true", help="with --json: also print all recorded calls"
    )


def run(arguments: argparse.Namespace, cloud: Cloud) -> int:
    """Print the list. Return 1 if a grant is unused and has no explanation."""
    report = read_permissions(cloud)
    file = arguments.explanations or (EXPLANATIONS if EXPLANATIONS.is_file() else None)
    roles = usage(report, read_explanations(file) if file else [])
    if arguments.json:
        document = {"roles": [_document(role) for role in roles]}
        show({**document, **report} if arguments.calls else document, text="", as_json=True)
    else:
        print_usage(roles)
    return int(any(role.unexplained for role in roles))


def _document(role: RoleUsage) -> dict[str, Any]:
    return {
        "role": role.role,
        "grants": [asdict(grant) for grant in role.grants],
        "denied": list(role.denied),
    }


def print_usage(roles: Sequence[RoleUsage]) -> None:
    """Print counts per role, then the unused grants without explanation and the denied calls."""
    console = Console(highlight=False, soft_wrap=True)
    console.print(_table(roles))
    for role in roles:
        for grant in role.unexplained:
            console.print(f"unused  {role.role}  {grant.statement}: {grant.text}", markup=False)
    for role in roles:
        for call in role.denied:
            call_text = f"{call['action']} on {call['resource']} {call['why']}"
            console.print(f"denied  {role.role}  {call_text} ({call['count']} times)", markup=False)


def _table(roles: Sequence[RoleUsage]) -> Table:
    table = Table(box=None, pad_edge=False)
    table.add_column("role", overflow="fold")
    for title in ("granted", "used", "explained", "unused", "denied"):
        table.add_column(title, justify="right", overflow="fold")
    for role in roles:
        actions = role.of("action")
        explained = sum(not grant.used and bool(grant.why) for grant in actions)
        used = sum(grant.used for grant in actions)
        counts = (len(actions), used, explained, len(actions) - used - explained, len(role.denied))
        table.add_row(role.role, *map(str, counts))
    return table
