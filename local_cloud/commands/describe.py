"""`describe`: show an execution with its steps, metrics, quality gate and model package."""

from __future__ import annotations

import argparse

from rich.console import Console

from local_cloud.context import Cloud
from local_cloud.sagemaker.client.execution_progress import print_json
from local_cloud.sagemaker.client.execution_report import print_report
from local_cloud.sagemaker.client.execution_summary import summarise
from local_cloud.sagemaker.client.name_lookup import LATEST, find_execution

HELP = "show an execution: steps, metrics, result of the quality gate, and registered model package"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the argument for the execution."""
    parser.add_argument(
        "execution",
        metavar="EXECUTION",
        help=f"id, ARN, or {LATEST!r} for the newest of all pipelines",
    )


def run(arguments: argparse.Namespace, cloud: Cloud) -> int:
    """Show the execution."""
    summary = summarise(cloud, find_execution(cloud.client("sagemaker"), arguments.execution))
    if arguments.json:
        print_json(summary)
    else:
        print_report(summary, Console(highlight=False))
    return 0
