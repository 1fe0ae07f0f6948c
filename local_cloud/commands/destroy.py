"""`destroy`: remove the app from the laptop cloud, and list the remaining resources."""

from __future__ import annotations

import argparse
import json
import sys
from dataclasses import asdict
from pathlib import Path

from local_cloud.context import Cloud
from local_cloud.deployment.destroy_environment import DestroyResult, destroy, list_remaining
from local_cloud.deployment.orphaned_stacks import orphan_lines
from local_cloud.deployment.progress_output import add_environment, shown_progress
from local_cloud.errors import DeployFailed
from local_cloud.output import show

HELP = "destroy the stacks with the CDK CLI, verify the deletion, and list the remaining resources"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the argument for the environment."""
    add_environment(parser)


def run(arguments: argparse.Namespace, cloud: Cloud) -> int:
    """Destroy the app in the current folder. Return 1 if the destruction or a check fails."""
    environment, as_json, folder = arguments.environment, arguments.json, Path.cwd()
    try:
        with shown_progress(as_json=as_json) as report:
            destroyed = destroy(cloud, environment, folder=folder, report=report)
        listed = list_remaining(cloud, environment, folder=folder, as_json=as_json)
    except DeployFailed as error:
        print(error, file=sys.stderr)
        return 1
    left = json.loads(listed) if as_json and listed is not None else None
    lines = [_summary(destroyed), *orphan_lines(destroyed.orphans)]
    text = "\n".join([*lines, *([] if listed is None else [listed])])
    show({**asdict(destroyed), "left": left}, text=text, as_json=as_json)
    return 0


def _summary(destroyed: DestroyResult) -> str:
    return (
        f"Destroyed {destroyed.environment}: {len(destroyed.stacks)} stacks. The services "
        f"confirm that {destroyed.resources} resources are deleted."
    )
