"""`approve`: approve a model package and wait until its endpoint serves it."""

from __future__ import annotations

import argparse

from local_cloud.context import Cloud
from local_cloud.sagemaker.client.approval import add_package, run_decision
from local_cloud.sagemaker.client.endpoint_status import APPROVED, PENDING

HELP = "approve a model package and wait until its endpoint serves it (exit code 1 if it cannot)"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the argument for the model package."""
    add_package(parser, newest="waits for approval")


def run(arguments: argparse.Namespace, cloud: Cloud) -> int:
    """Approve the package, then wait."""
    return run_decision(arguments, cloud, now=PENDING, then=APPROVED)
