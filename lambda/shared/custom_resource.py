"""Runs the work of a custom resource and sends the response to CloudFormation."""

from __future__ import annotations

import json
import logging
import time
import urllib.request
from collections.abc import Callable
from typing import Any

from deadline import RESPONSE_SECONDS

logger = logging.getLogger()
logger.setLevel(logging.INFO)

# All attempts to send the response, and the pauses between them, fit into RESPONSE_SECONDS.
MAX_ATTEMPTS = 4
PAUSE_SECONDS = 1
ATTEMPT_SECONDS = RESPONSE_SECONDS / MAX_ATTEMPTS - PAUSE_SECONDS
MAX_REASON_LENGTH = 1500  # characters; CloudFormation accepts at most 4096 bytes


def run_and_respond(event: dict[str, Any], *, physical_id: str, work: Callable[[], str]) -> None:
    """Run `work` and send SUCCESS with the reason that it returns.

    If `work` raises an exception, send FAILED with its message. Without a response CloudFormation
    would wait for an hour.
    """
    try:
        status, reason = "SUCCESS", work()
    except Exception as error:  # CloudFormation needs a response in every case
        logger.exception("%s of %s failed", event["RequestType"], physical_id)
        status, reason = "FAILED", str(error)
    logger.info("%s: %s", status, reason)
    _respond(event, status=status, reason=reason, physical_id=physical_id)


def run_on_delete(event: dict[str, Any], *, physical_id: str, work: Callable[[], str]) -> None:
    """Run `work` for the request type Delete; for Create and Update only send SUCCESS."""
    is_delete = event["RequestType"] == "Delete"
    run_and_respond(
        event, physical_id=physical_id, work=work if is_delete else lambda: "Nothing to do"
    )


def _respond(event: dict[str, Any], *, status: str, reason: str, physical_id: str) -> None:
    """Send the response object (CloudFormation User Guide, "Custom resource response objects")."""
    body = {
        "Status": status,
        "Reason": reason[:MAX_REASON_LENGTH],
        "PhysicalResourceId": physical_id,
        "StackId": event["StackId"],
        "RequestId": event["RequestId"],
        "LogicalResourceId": event["LogicalResourceId"],
    }
    request = urllib.request.Request(
        event["ResponseURL"],
        data=json.dumps(body).encode(),
        headers={"Content-Type": ""},  # the URL is signed for an empty content type
        method="PUT",
    )
    for attempt in range(1, MAX_ATTEMPTS + 1):
        try:
            with urllib.request.urlopen(request, timeout=ATTEMPT_SECONDS):
                return
        except OSError:
            logger.exception("the response could not be sent")
            if attempt == MAX_ATTEMPTS:
                raise
            time.sleep(PAUSE_SECONDS)
