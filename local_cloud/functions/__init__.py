"""Lambda on the laptop: the deployed zip, run in a process of its own."""

from __future__ import annotations

from local_cloud.context import Cloud


def install(cloud: Cloud) -> None:
    """Run functions of this cloud."""
