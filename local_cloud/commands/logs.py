"""`logs`: print the logs of a step's job."""

from __future__ import annotations

import argparse

from local_cloud.context import Cloud
from local_cloud.output import show
from local_cloud.sagemaker.client.name_lookup import LATEST, find_execution
from local_cloud.sagemaker.client.step_logs import read_step_logs

HELP = "print what the job of a step wrote to its logs"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments for the execution and the step."""
    parser.add_argument(
        "execution",
        metavar="EXECUTION",
        help=f"id, ARN, or {LATEST!r} for the newest of all pipelines",
    )
    parser.add_argument("step", metavar="STEP", help="name of the step")


def run(arguments: argparse.Namespace, cloud: Cloud) -> int:
    """Print the logs."""
    arn = find_execution(cloud.client("sagemaker"), arguments.execution)
    lines = read_step_logs(cloud, arn, arguments.step)
    several = len({line.host for line in lines}) > 1
    texts = [f"{line.host}  {line.message}" if several else line.message for line in lines]
    show([vars(line) for line in lines], text="\n".join(texts), as_json=arguments.json)
    return 0
