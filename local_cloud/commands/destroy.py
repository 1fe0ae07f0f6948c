"""`destroy`: take the app from the laptop cloud again, and list what is left."""

from __future__ import annotations

import argparse
import json
import sys
from dataclasses import asdict
from pathlib import Path

from local_cloud.context import Cloud
from local_cloud.deployment.destroy_environment import DestroyResult, destroy, list_remaining
from local_cloud.deployment.progress_output import add_environment, shown_progress
from local_cloud.errors import DeployFailed
from local_cloud.output import show

HELP = "destroy the stacks with the CDK CLI, verify that they are gone, and list what is left"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The environment."""
    add_environment(parser)


def run(arguments: argparse.Namespace, cloud: Cloud) -> int:
    """Destroy from the current folder; exit code 1 when something is not as it should be."""
    environment, as_json, folder = arguments.environment, arguments.json, Path.cwd()
    try:
        with shown_progress(as_json=as_json) as report:
            destroyed = destroy(cloud, environment, folder=folder, report=report)
        listed = list_remaining(cloud, environment, folder=folder, as_json=as_json)
    except DeployFailed as error:
        print(error, file=sys.stderr)
        return 1
    left = json.loads(listed) if as_json and listed is not None else None
    text = "\n".join([_summary(destroyed), *([] if listed is None else [listed])])
    show({**asdict(destroyed), "left": left}, text=text, as_json=as_json)
    return 0


def _summary(destroyed: DestroyResult) -> str:
    return (
        f"Destroyed {destroyed.environment}: {len(destroyed.stacks)} stacks; their services show "
        f"none of {destroyed.resources} resources any more."
    )
