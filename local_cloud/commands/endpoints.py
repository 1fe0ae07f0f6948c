"""`endpoints`: what answers where."""

from __future__ import annotations

import argparse
from dataclasses import asdict

from rich.console import Console
from rich.table import Table

from local_cloud.context import Cloud
from local_cloud.output import show
from local_cloud.sagemaker.served import Served, endpoints, served

HELP = "list the endpoints with the model package that answers, and those that could not"
_NONE = "No stack with an endpoint is deployed: set Pipeline.serving in an environment."


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Nothing to choose."""


def run(arguments: argparse.Namespace, cloud: Cloud) -> int:
    """List."""
    client = cloud.client("sagemaker")
    found = [served(client, name) for name in endpoints(cloud.client("cloudformation"))]
    if found and not arguments.json:
        Console(highlight=False).print(_table(found))
    else:
        show([asdict(each) for each in found], text=_NONE, as_json=arguments.json)
    return 0


def _table(found: list[Served]) -> Table:
    table = Table(box=None, pad_edge=False)
    for title in ("endpoint", "status", "package", "instances", "could not be deployed"):
        table.add_column(title, overflow="fold")
    for each in found:
        failures = (each.failures or {}).items()
        table.add_row(
            each.endpoint,
            each.status or "nothing approved yet",
            _name(each.package_arn or ""),
            str(each.instances),
            "\n".join(f"{_name(arn)}: {reason}" for arn, reason in failures),
        )
    return table


def _name(package_arn: str) -> str:
    """Group and version."""
    return package_arn.partition("model-package/")[2]
