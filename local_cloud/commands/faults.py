"""`faults`: inject faults, and list the operations that they affected."""

from __future__ import annotations

import argparse
from typing import Any

from local_cloud.client import clear_faults, inject_fault, list_faults
from local_cloud.context import Cloud
from local_cloud.faults.fault import KINDS, Fault, InvalidFault
from local_cloud.output import print_rows, show

HELP = "inject faults into calls, jobs, statements or deliveries, and list the affected operations"
_LIST, _CLEAR, _ALWAYS = "list", "clear", "always"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments for a fault, with patterns as in a policy statement."""
    parser.add_argument(
        "what",
        nargs="?",
        default=_LIST,
        choices=[_LIST, _CLEAR, *KINDS],
        metavar="WHAT",
        help=f"list (the default), clear, or a kind of fault: {', '.join(KINDS)}",
    )
    parser.add_argument("--action", default="*", help="pattern such as 's3:Put*' (default: any)")
    parser.add_argument("--resource", default="*", help="pattern of the ARN (default: any)")
    parser.add_argument(
        "--role", default="*", help="pattern of the name of the caller's role (default: any)"
    )
    parser.add_argument(
        "--after", type=int, default=0, metavar="N", help="start after N operations (default 0)"
    )
    parser.add_argument(
        "--times",
        type=_times,
        default=1,
        metavar="N",
        help="affect N operations, or all: always (default 1)",
    )
    parser.add_argument(
        "--each", action="store_true", help="count separately for each role and action"
    )
    parser.add_argument(
        "--seconds",
        type=float,
        default=0.0,
        metavar="S",
        help="delay in seconds of a fault with a delay",
    )


def run(arguments: argparse.Namespace, cloud: Cloud) -> int:
    """List, clear or inject faults, then show all faults and hits."""
    if arguments.what == _LIST:
        report = list_faults(cloud)
    elif arguments.what == _CLEAR:
        report = clear_faults(cloud)
    else:
        report = inject_fault(cloud, _fields(arguments))
    if "error" in report:
        raise InvalidFault(report["error"])
    if arguments.json:
        show(report, text="", as_json=True)
    else:
        _print(report)
    return 0


def _times(text: str) -> int | None:
    return None if text == _ALWAYS else int(text)


def _fields(arguments: argparse.Namespace) -> dict[str, Any]:
    names = [name for name in Fault.__dataclass_fields__ if name != "kind"]
    return {"kind": arguments.what, **{name: getattr(arguments, name) for name in names}}


def _print(report: dict[str, Any]) -> None:
    if not report["faults"]:
        print("Nothing goes wrong.")
    for title, names in (
        ("faults", ("kind", "action", "resource", "role", "after", "times", "seconds")),
        ("hits", ("at", "kind", "action", "resource", "role")),
    ):
        if report[title]:
            print_rows(names, [_cells(names, row) for row in report[title]])


def _cells(names: tuple[str, ...], row: dict[str, Any]) -> list[str]:
    return [_ALWAYS if row[name] is None else str(row[name]) for name in names]
