"""The argument and the progress output that `deploy` and `destroy` share."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console


def add_environment(parser: argparse.ArgumentParser) -> None:
    """Add the optional argument for the environment."""
    parser.add_argument(
        "environment",
        nargs="?",
        default="local",
        metavar="ENV",
        help="environment of the app (default: local)",
    )


@contextmanager
def shown_progress(*, as_json: bool) -> Iterator[Callable[[str], None]]:
    """Yield a function that shows a progress line. With JSON output it writes to stderr."""
    console = Console(stderr=as_json, highlight=False)
    with console.status("") as status:
        yield lambda line: status.update(line.strip()[: console.width - 4])
