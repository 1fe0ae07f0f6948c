"""`reject`: reject a model package and wait until its endpoint serves another package."""

from __future__ import annotations

import argparse

from local_cloud.context import Cloud
from local_cloud.sagemaker.client.approval import add_package, run_decision
from local_cloud.sagemaker.client.endpoint_status import APPROVED, REJECTED

HELP = "reject a model package and wait until its endpoint serves another (exit code 1 if none can)"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the argument for the model package."""
    add_package(parser, newest="is approved")


def run(arguments: argparse.Namespace, cloud: Cloud) -> int:
    """Reject the package, then wait."""
    return run_decision(arguments, cloud, now=APPROVED, then=REJECTED)
