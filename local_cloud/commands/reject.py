"""`reject`: reject a model package and wait until it is no longer served."""

from __future__ import annotations

import argparse

from local_cloud.context import Cloud
from local_cloud.sagemaker.approval import decide, outcome, report
from local_cloud.sagemaker.served import APPROVED, REJECTED, find_package

HELP = "reject a model package and wait until its endpoint serves another (exit code 1 if none can)"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The package."""
    parser.add_argument(
        "package",
        metavar="PACKAGE",
        help="its ARN, PIPELINE/VERSION, or PIPELINE for its newest that is approved",
    )


def run(arguments: argparse.Namespace, cloud: Cloud) -> int:
    """Reject, then wait."""
    package = find_package(cloud.client("sagemaker"), arguments.package, status=APPROVED)
    decide(cloud, package, REJECTED)
    return report(outcome(cloud, package, REJECTED), as_json=arguments.json)
