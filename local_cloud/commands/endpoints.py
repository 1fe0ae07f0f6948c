"""`endpoints`: list the endpoints and the model version that each endpoint serves."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from dataclasses import asdict

from local_cloud.app_settings import deployed_settings
from local_cloud.context import Cloud
from local_cloud.output import show
from local_cloud.sagemaker.client.approval import version_of
from local_cloud.sagemaker.client.endpoint_status import (
    EndpointStatus,
    endpoint_names,
    endpoint_status,
)

HELP = "list the endpoints, the model package that each one serves, and failed deployments"
_NONE = "There is no endpoint, and no deployed stack that will have one."


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Do nothing: the command has no arguments."""


def run(arguments: argparse.Namespace, cloud: Cloud) -> int:
    """List the endpoints."""
    client, serving = cloud.client("sagemaker"), deployed_settings(cloud).serving
    found = [endpoint_status(client, name, serving) for name in endpoint_names(cloud, serving)]
    text = "\n".join(_lines(found)) or _NONE
    show([asdict(each) for each in found], text=text, as_json=arguments.json)
    return 0


def _lines(found: list[EndpointStatus]) -> Iterator[str]:
    for each in found:
        if each.status is None:
            yield f"{each.endpoint}: nothing approved yet"
        else:
            yield f"{each.endpoint}: {each.status}, {_what(each)}{each.instances} instances"
        for package, reason in (each.failures or {}).items():
            yield f"  version {package.rpartition('/')[2]} could not be deployed: {reason}"


def _what(status: EndpointStatus) -> str:
    """Return the text for the version in service, if the app records the version."""
    version = version_of(status)
    if version is not None:
        return f"version {version} answers, "
    return "nothing answers, " if status.status == "Failed" else ""
