"""Brings an endpoint to the newest approved model of its group.

Whatever happened (a package was approved or rejected, the endpoint has changed, its stack was
deployed), `Deployer.converge` looks at what is there and takes the next step. It may run twice and
at any time. What is under way is left alone: the endpoint's own event comes when it has ended.
"""

from __future__ import annotations

import logging
from typing import Any

from deployer import Deployer
from registry import REJECTED, version_of
from settings import Settings

logger = logging.getLogger()
logger.setLevel(logging.INFO)


def handler(event: dict[str, Any], context: Any) -> None:
    """Take an event of EventBridge; whatever else calls, as the stack does, has no detail."""

    def seconds_left() -> float:
        return float(context.get_remaining_time_in_millis() / 1000)

    deployer = Deployer.of(Settings.read(), seconds_left)
    detail = event.get("detail", {})
    if detail.get("ModelApprovalStatus") == REJECTED:
        deployer.hosting.forget_failures(version_of(detail["ModelPackageArn"]))
    logger.info(deployer.converge())
