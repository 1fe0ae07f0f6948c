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

from operations.left import Because, Left
from operations.place import Place, place_of
from operations.runs import left_by_runs, shared
from operations.stacks import left_by_stacks
from stacks.config import ConfigurationError
from stacks.environments import environment_named


def main(arguments: Sequence[str] | None = None) -> int:
    """0: the list is whole and no stack stands; 1: one does; 2: it could not be made."""
    parsed = _parser().parse_args(arguments)
    try:
        place = place_of(environment_named(parsed.environment))
        found = whole_list(place)
    except (ConfigurationError, BotoCoreError, ClientError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    if parsed.json:
        print(json.dumps([asdict(each) for each in found], indent=2))
    else:
        Console(highlight=False, soft_wrap=True).print(_text(place, found), markup=False)
    return 1 if any(each.because == "not deleted" for each in found) else 0


def whole_list(place: Place) -> list[Left]:
    """Everything that is left."""
    return [*left_by_stacks(place), *left_by_runs(place), *shared(place)]


def _text(place: Place, found: list[Left]) -> str:
    lines = [f"Left of {place.environment.name} in {place.environment.region}:"]
    for because in get_args(Because):
        of_it = [each for each in found if each.because == because]
        if of_it:
            lines += ["", f"{because}:", *map(_line, of_it)]
    return "\n".join(lines if found else [*lines, "nothing"])


def _line(left: Left) -> str:
    note = f" ({left.note})" if left.note else ""
    return f"  {left.kind.removeprefix('AWS::')}  {left.name}{note}"


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m operations", description=__doc__)
    commands = parser.add_subparsers(required=True)
    command = commands.add_parser("left", help="list what a destroyed environment left behind")
    command.add_argument("environment", metavar="ENV", help="local, dev, …")
    command.add_argument("--json", action="store_true", help="print one JSON document")
    return parser


if __name__ == "__main__":
    raise SystemExit(main())
