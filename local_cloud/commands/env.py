"""`env`: print the variables with which AWS tools use the laptop cloud."""

from __future__ import annotations

import argparse
import shlex

from local_cloud.context import Cloud
from local_cloud.output import show

HELP = 'print the export lines for SDKs, the AWS CLI, notebooks and tests: eval "$(laptop env)"'
# With these variables, AWS tools would use a real account or an invalid session.
_UNSET = ("AWS_PROFILE", "AWS_DEFAULT_PROFILE", "AWS_SESSION_TOKEN")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Do nothing: the command has no arguments."""


def run(arguments: argparse.Namespace, cloud: Cloud) -> int:
    """Print the endpoint, the region and the administrator's credentials."""
    variables = cloud.environment()
    exports = [f"export {name}={shlex.quote(value)}" for name, value in variables.items()]
    show(variables, text="\n".join([f"unset {' '.join(_UNSET)}", *exports]), as_json=arguments.json)
    return 0
