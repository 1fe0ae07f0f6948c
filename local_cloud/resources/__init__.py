"""CloudFormation on the laptop: the engine of stacks, and the resource types that moto lacks."""

from __future__ import annotations

from local_cloud.context import Cloud


def install(cloud: Cloud) -> None:
    """Make the resource types reach this cloud."""
