"""EventBridge on the laptop: rules that match, schedules that fire, targets that are reached."""

from __future__ import annotations

from typing import Any

from local_cloud.context import Cloud


def install(cloud: Cloud) -> None:
    """Deliver the events of this cloud."""


def publish(
    cloud: Cloud,
    *,
    source: str,
    detail_type: str,
    resources: list[str],
    detail: dict[str, Any],
) -> None:
    """Deliver a service's event to the deployed rules that match it."""
