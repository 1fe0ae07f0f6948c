"""`exec`: run a command whose AWS SDK sends its requests to the laptop cloud."""

from __future__ import annotations

import argparse
import subprocess

from local_cloud.child_environment import user_variables
from local_cloud.context import Cloud
from local_cloud.errors import LocalCloudError

HELP = "run a command with the address and credentials of the laptop cloud"
_ARN = "arn:"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments: the role and the command."""
    parser.add_argument(
        "--role",
        metavar="ROLE",
        help="the ARN of a role, or STACK/OUTPUT with its ARN (default: the administrator)",
    )
    parser.add_argument(
        "program", metavar="COMMAND", nargs=argparse.REMAINDER, help="the command and its arguments"
    )


def run(arguments: argparse.Namespace, cloud: Cloud) -> int:
    """Run the command. Return its exit code."""
    if not arguments.program:
        raise LocalCloudError("exec needs a command, such as: exec aws s3 ls")
    variables = user_variables(cloud)
    if arguments.role:
        role = _role(cloud, arguments.role)
        variables |= cloud.environment(role, session=arguments.role.rpartition("/")[2])
    return subprocess.run(arguments.program, env=variables, check=False).returncode


def _role(cloud: Cloud, name: str) -> str:
    """Return the ARN of the role. Raises `LocalCloudError` if no deployed stack has the output."""
    if name.startswith(_ARN):
        return name
    stack, _, output = name.partition("/")
    pages = cloud.client("cloudformation").get_paginator("describe_stacks").paginate()
    for page in pages:
        for each in page["Stacks"]:
            for found in each.get("Outputs", []) if each["StackName"] == stack else []:
                if found["OutputKey"] == output:
                    return str(found["OutputValue"])
    raise LocalCloudError(
        f"--role is {name!r}: no stack {stack} with the output {output} is deployed. An "
        "environment with studio=Studio(…) has the role of its users in "
        "redline-ENV-studio/StudioRoleArn."
    )
