"""What the commands that deploy and destroy have in common: an environment, and lines to follow."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console


def add_environment(parser: argparse.ArgumentParser) -> None:
    """The environment, an argument that may be left out."""
    parser.add_argument(
        "environment",
        nargs="?",
        default="local",
        metavar="ENV",
        help="environment of the app (default local)",
    )


@contextmanager
def shown_progress(*, as_json: bool) -> Iterator[Callable[[str], None]]:
    """What shows a line until the next; where JSON is printed it goes to standard error."""
    console = Console(stderr=as_json, highlight=False)
    with console.status("") as status:
        yield lambda line: status.update(line.strip()[: console.width - 4])
