"""`approve`: approve a model package and wait until it is served."""

from __future__ import annotations

import argparse

from local_cloud.context import Cloud
from local_cloud.sagemaker.approval import decide, outcome, report
from local_cloud.sagemaker.served import APPROVED, PENDING, find_package

HELP = "approve a model package and wait until its endpoint serves it (exit code 1 if it cannot)"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The package."""
    parser.add_argument(
        "package",
        metavar="PACKAGE",
        help="its ARN, PIPELINE/VERSION, or PIPELINE for its newest that waits for approval",
    )


def run(arguments: argparse.Namespace, cloud: Cloud) -> int:
    """Approve, then wait."""
    package = find_package(cloud.client("sagemaker"), arguments.package, status=PENDING)
    decide(cloud, package, APPROVED)
    return report(outcome(cloud, package, APPROVED), as_json=arguments.json)
