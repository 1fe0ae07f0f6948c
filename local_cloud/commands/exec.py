"""`exec`: run a command whose AWS SDK sends its requests to the laptop cloud."""

from __future__ import annotations

import argparse
import subprocess

from local_cloud.child_environment import user_variables
from local_cloud.context import Cloud
from local_cloud.errors import LocalCloudError

HELP = "run a command with the address and credentials of the laptop cloud"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the argument for the command."""
    parser.add_argument(
        "program", metavar="COMMAND", nargs=argparse.REMAINDER, help="the command and its arguments"
    )


def run(arguments: argparse.Namespace, cloud: Cloud) -> int:
    """Run the command. Return its exit code."""
    if not arguments.program:
        raise LocalCloudError("exec needs a command, such as: exec aws s3 ls")
    return subprocess.run(arguments.program, env=user_variables(cloud), check=False).returncode
