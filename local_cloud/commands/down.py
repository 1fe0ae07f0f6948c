"""`down`: end the server and everything that it started."""

from __future__ import annotations

import argparse
from pathlib import Path

from local_cloud.output import show
from local_cloud.server_lifecycle import stop

HELP = "end the laptop cloud and everything that runs in it"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """No arguments of its own."""


def run(arguments: argparse.Namespace, state: Path) -> int:
    """End the server; that none was running is no error."""
    stopped = stop(state)
    text = "The laptop cloud has ended." if stopped else "No laptop cloud was running."
    show({"stopped": stopped}, text=text, as_json=arguments.json)
    return 0
