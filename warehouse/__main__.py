"""Command: python -m warehouse load --environment ENV [--data DIR]."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from botocore.exceptions import BotoCoreError, ClientError
from rich.console import Console

from warehouse import WarehouseError
from warehouse.load import load


def main(arguments: Sequence[str] | None = None) -> int:
    """Load the sample data. Return 0, or print the error and return 2."""
    parsed = _parser().parse_args(arguments)
    try:
        load(parsed.environment, parsed.data, Console())
    except (WarehouseError, BotoCoreError, ClientError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m warehouse",
        description="Commands for the warehouse of a deployed environment.",
    )
    commands = parser.add_subparsers(required=True)
    command = commands.add_parser(
        "load", help="load the sample data into the warehouse and replace what is there"
    )
    command.add_argument(
        "--environment", required=True, metavar="ENV", help="name of the environment: local, dev, …"
    )
    command.add_argument(
        "--data",
        type=Path,
        metavar="DIR",
        help="folder with real files (tickit/…); missing files are generated",
    )
    return parser


if __name__ == "__main__":
    raise SystemExit(main())
