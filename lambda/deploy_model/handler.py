"""Updates an endpoint to the newest approved model package of its group.

The function runs when a package is approved or rejected, when the endpoint has changed, and when
its stack is deployed. It does not rely on the event: `Deployer.converge` reads the current state
and takes the next step, so it is safe to run twice and at any time. While the endpoint is changing
the function does nothing, because SageMaker sends an event when the change has ended.
"""

from __future__ import annotations

import logging
from typing import Any

from deployer import Deployer
from registry import REJECTED
from settings import Settings

logger = logging.getLogger()
logger.setLevel(logging.INFO)


def handler(event: dict[str, Any], context: Any) -> None:
    """Handle an event from EventBridge. An invocation by the custom resource has no `detail`."""

    def seconds_left() -> float:
        return float(context.get_remaining_time_in_millis() / 1000)

    deployer = Deployer.create(Settings.read(), seconds_left)
    detail = event.get("detail", {})
    if detail.get("ModelApprovalStatus") == REJECTED:
        deployer.forget_failures(detail["ModelPackageArn"])
    logger.info(deployer.converge())
