"""Command: python -m warehouse load [PIPELINE …] --environment ENV [--data DIR] [--yes]."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from botocore.exceptions import BotoCoreError, ClientError
from rich.console import Console
from rich.prompt import Confirm

from local_cloud.command_line import run_command
from warehouse import LoadError, WarehouseError
from warehouse.load import load


def main(arguments: Sequence[str] | None = None) -> int:
    """Load the data sets. Return 0, 2 after an error, 130 after Ctrl-C."""
    parsed = _parser().parse_args(arguments)
    expected = (WarehouseError, BotoCoreError, ClientError)
    return run_command(lambda: _load(parsed), *expected, error_prefix="error: ")


def _load(parsed: argparse.Namespace) -> int:
    confirm = (lambda _question: True) if parsed.yes else _ask
    load(parsed.environment, parsed.data, Console(), confirm=confirm, only=parsed.only)
    return 0


def _ask(question: str) -> bool:
    """Ask on the terminal; the end of the input is a no.

    Raises:
        LoadError: there is no terminal.
    """
    if not sys.stdin.isatty():
        raise LoadError(
            f'there is no terminal for the question "{question}": nothing was changed. Pass --yes '
            "(YES=1 with make load) to replace the rows without a question"
        )
    try:
        return Confirm.ask(question, default=False)
    except EOFError:
        return False


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m warehouse",
        description="Commands for the warehouse of a deployed environment.",
    )
    commands = parser.add_subparsers(required=True)
    command = commands.add_parser(
        "load",
        help="load the data of all pipelines into the warehouse and replace the existing rows",
    )
    command.add_argument(
        "only", nargs="*", metavar="PIPELINE", help="load the data of these pipelines only"
    )
    command.add_argument(
        "--environment", required=True, metavar="ENV", help="name of the environment: local, dev, …"
    )
    command.add_argument(
        "--data",
        type=Path,
        metavar="DIR",
        help="folder with real files (tickit/…); missing files are generated, if ENV allows it",
    )
    command.add_argument("--yes", action="store_true", help="replace rows without a question")
    return parser


if __name__ == "__main__":
    raise SystemExit(main())
