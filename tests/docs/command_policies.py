"""The table of docs/security.md: which managed policies the person needs who runs a command."""

from __future__ import annotations

from importlib import import_module

from operations import commands
from operations.cli import command_names

# Policy of the command -> the policies that a person needs for it.
NEEDED = {
    "reader": ("reader",),
    "operator": ("reader", "operator"),
    "approver": ("reader", "approver"),
    "administrator": (),
}


def policies() -> dict[str, str]:
    """Return the policy that each command names."""
    return {
        name: import_module(f"{commands.__name__}.{name.replace('-', '_')}").POLICY
        for name in command_names()
    }


def table() -> str:
    """Return the table."""
    rows = ["| policies | commands |", "|---|---|"]
    for policy, needed in NEEDED.items():
        names = [f"`{name}`" for name, named in policies().items() if named == policy]
        shown = " and ".join(f"`redline-<environment>-{each}`" for each in needed)
        rows.append(f"| {shown or 'those of an administrator'} | {', '.join(names)} |")
    return "\n".join(rows)
