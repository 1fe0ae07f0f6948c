"""`load`: load data into the deployed app with the command that the app declares."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from local_cloud.app_settings import deployed_settings, run_app_command
from local_cloud.context import Cloud
from local_cloud.errors import LocalCloudError
from local_cloud.output import show
from local_cloud.state import read_deployment

HELP = "run the command of the app that loads its data"


class NothingToLoad(LocalCloudError):
    """Nothing is deployed, or the app has no command that loads data."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the optional arguments, which are passed to the command."""
    parser.add_argument(
        "names", nargs="*", metavar="NAME", help="what to load, which is passed to the command"
    )
    parser.add_argument(
        "--data",
        type=Path,
        metavar="DIR",
        help="folder with real files, which is passed to the command",
    )
    parser.add_argument(
        "--yes", action="store_true", help="replace data without a question of the command"
    )


def run(arguments: argparse.Namespace, cloud: Cloud) -> int:
    """Run the app's command `load` with the endpoint of this cloud."""
    deployment = read_deployment(cloud.state)
    if deployment is None:
        raise NothingToLoad(
            "Nothing is deployed to the laptop cloud yet. Run `python -m local_cloud deploy` first."
        )
    command = deployed_settings(cloud).load
    if not command:
        raise NothingToLoad(
            f"The app in {deployment.folder} declares no command that loads data: set `load` in "
            "[tool.laptop] of its pyproject.toml."
        )
    more = [] if arguments.data is None else ["--data", str(arguments.data.resolve())]
    more += ["--yes"] if arguments.yes else []
    more += arguments.names
    # With --json, stdout contains only the JSON document at the end.
    stdout = sys.stderr if arguments.json else None
    done = run_app_command(
        cloud, command, deployment.environment, *more, cwd=deployment.folder, stdout=stdout
    )
    if arguments.json and done.returncode == 0:
        show({"environment": deployment.environment}, text="", as_json=True)
    return 1 if done.returncode else 0
