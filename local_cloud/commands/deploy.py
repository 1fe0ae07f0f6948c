"""`deploy`: deploy the app to the laptop cloud and verify every resource."""

from __future__ import annotations

import argparse
import sys
from dataclasses import asdict
from pathlib import Path

from local_cloud.context import Cloud
from local_cloud.deployment.deploy_environment import DeployResult, deploy
from local_cloud.deployment.orphaned_stacks import orphan_lines
from local_cloud.deployment.progress_output import add_environment, shown_progress
from local_cloud.errors import DeployFailed
from local_cloud.output import show

HELP = "synthesise the app, deploy it with the CDK CLI, and verify every resource"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the argument for the environment."""
    add_environment(parser)


def run(arguments: argparse.Namespace, cloud: Cloud) -> int:
    """Deploy the app in the current folder. Return 1 if the deployment or a check fails."""
    try:
        with shown_progress(as_json=arguments.json) as report:
            deployed = deploy(cloud, arguments.environment, folder=Path.cwd(), report=report)
    except DeployFailed as error:
        print(error, file=sys.stderr)
        return 1
    show(asdict(deployed), text=_summary(deployed), as_json=arguments.json)
    return 0


def _summary(deployed: DeployResult) -> str:
    parts = ", ".join(f"{name} {seconds:.1f} s" for name, seconds in deployed.seconds.items())
    lines = [
        f"Deployed {deployed.environment}: {len(deployed.stacks)} stacks, "
        f"{deployed.resources} resources, each of them verified ({parts})."
    ]
    if deployed.existing:
        lines.append(
            f"Created before the stacks, because it exists on AWS: {', '.join(deployed.existing)}."
        )
    lines += orphan_lines(deployed.orphans)
    if deployed.unmeasured:
        lines.append("Nothing here measures what these alarms watch, so their states never change:")
        lines += [f"  {alarm}" for alarm in deployed.unmeasured]
    return "\n".join(lines)
