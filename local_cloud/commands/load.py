"""`load`: fill the warehouse of the deployed environment."""

from __future__ import annotations

import argparse
import subprocess
import sys
from pathlib import Path

from local_cloud.context import Cloud, variables_but_aws
from local_cloud.errors import LocalCloudError
from local_cloud.output import show
from local_cloud.state import read_deployment

HELP = "fill the warehouse with generated data, or with real files"


class NothingDeployed(LocalCloudError):
    """There is no environment whose warehouse could be filled."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Where real files are, if any."""
    parser.add_argument(
        "--data",
        type=Path,
        metavar="DIR",
        help="folder with one folder of files per data set; what is missing is generated",
    )


def run(arguments: argparse.Namespace, cloud: Cloud) -> int:
    """Run the loader of the app, which is the same against AWS, with this cloud's endpoint."""
    deployment = read_deployment(cloud.state)
    if deployment is None:
        raise NothingDeployed(
            "Nothing is deployed to the laptop cloud yet. Run `python -m local_cloud deploy` first."
        )
    command = [sys.executable, "-m", "warehouse", "load", "--environment", deployment.environment]
    if arguments.data is not None:
        command += ["--data", str(arguments.data)]
    done = subprocess.run(
        command,
        env={**variables_but_aws(), **cloud.environment()},
        # With --json nothing but the closing document belongs on stdout.
        stdout=sys.stderr if arguments.json else None,
        check=False,
    )
    if arguments.json and done.returncode == 0:
        show({"environment": deployment.environment}, text="", as_json=True)
    return 1 if done.returncode else 0
