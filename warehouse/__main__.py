"""Command: python -m warehouse load --environment ENV [--data DIR]."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from botocore.exceptions import BotoCoreError, ClientError
from rich.console import Console

from warehouse.errors import WarehouseError
from warehouse.load import load


def main(arguments: Sequence[str] | None = None) -> int:
    """Load the sample data; 0 when it is in the warehouse, 2 with the reason when it is not."""
    parsed = _parser().parse_args(arguments)
    try:
        load(parsed.environment, parsed.data, Console())
    except (WarehouseError, BotoCoreError, ClientError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m warehouse", description="The warehouse of a deployed environment."
    )
    commands = parser.add_subparsers(required=True)
    command = commands.add_parser("load", help="replace the sample data in the warehouse")
    command.add_argument("--environment", required=True, metavar="ENV", help="local, dev, …")
    command.add_argument(
        "--data",
        type=Path,
        metavar="DIR",
        help="folder of real files (tickit/…); what is missing there is generated",
    )
    return parser


if __name__ == "__main__":
    raise SystemExit(main())
