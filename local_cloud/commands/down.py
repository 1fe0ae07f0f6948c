"""`down`: stop the server and all processes that it started."""

from __future__ import annotations

import argparse
from pathlib import Path

from local_cloud.output import show
from local_cloud.server_lifecycle import stop

HELP = "stop the laptop cloud and everything that runs in it"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Do nothing: the command has no arguments."""


def run(arguments: argparse.Namespace, state: Path) -> int:
    """Stop the server. No-op if it is not running."""
    stopped = stop(state)
    text = "The laptop cloud has stopped." if stopped else "No laptop cloud was running."
    show({"stopped": stopped}, text=text, as_json=arguments.json)
    return 0
