"""`endpoints`: what answers where."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from dataclasses import asdict

from local_cloud.context import Cloud
from local_cloud.output import show
from local_cloud.sagemaker.client.approval import version_of
from local_cloud.sagemaker.client.endpoint_status import (
    EndpointStatus,
    endpoint_names,
    endpoint_status,
)

HELP = "list the endpoints with the model package that answers, and those that could not"
_NONE = "No stack with an endpoint is deployed: set Pipeline.serving in an environment."


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Nothing to choose."""


def run(arguments: argparse.Namespace, cloud: Cloud) -> int:
    """List."""
    client = cloud.client("sagemaker")
    found = [
        endpoint_status(client, name) for name in endpoint_names(cloud.client("cloudformation"))
    ]
    text = "\n".join(_lines(found)) or _NONE
    show([asdict(each) for each in found], text=text, as_json=arguments.json)
    return 0


def _lines(found: list[EndpointStatus]) -> Iterator[str]:
    for each in found:
        if each.status is None:
            yield f"{each.endpoint}: nothing approved yet"
        else:
            version = version_of(each)
            what = "nothing answers" if version is None else f"version {version} answers"
            yield f"{each.endpoint}: {each.status}, {what}, {each.instances} instances"
        for package, reason in (each.failures or {}).items():
            yield f"  version {package.rpartition('/')[2]} could not be deployed: {reason}"
