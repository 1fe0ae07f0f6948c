"""What CloudFormation waits for from the function of a custom resource: its answer."""

from __future__ import annotations

import json
import logging
import time
import urllib.request
from collections.abc import Callable
from typing import Any

from deadline import ANSWER_SECONDS

logger = logging.getLogger()
logger.setLevel(logging.INFO)

# All tries of an answer, and the pauses between, fit into the seconds that are kept back for it.
TRIES = 4
TRY_SECONDS = ANSWER_SECONDS / TRIES - 1
PAUSE_SECONDS = 1
LONGEST_REASON = 1500  # characters; CloudFormation takes a response of 4096 bytes


def carry_out(event: dict[str, Any], *, physical_id: str, work: Callable[[], str]) -> None:
    """Do `work`, which gives the reason to show, and tell CloudFormation how it ended.

    Whatever it raises is the answer FAILED: without an answer CloudFormation waits for an hour.
    """
    try:
        status, reason = "SUCCESS", work()
    except Exception as error:  # whatever it is, CloudFormation must be told, or it waits
        logger.exception("%s of %s failed", event["RequestType"], physical_id)
        status, reason = "FAILED", str(error)
    logger.info("%s: %s", status, reason)
    _respond(event, status=status, reason=reason, physical_id=physical_id)


def on_delete(event: dict[str, Any], *, physical_id: str, work: Callable[[], str]) -> None:
    """As `carry_out`, for work that is to be done before something is deleted, and else none."""
    is_asked = event["RequestType"] == "Delete"
    carry_out(event, physical_id=physical_id, work=work if is_asked else lambda: "Nothing to do")


def _respond(event: dict[str, Any], *, status: str, reason: str, physical_id: str) -> None:
    """Send the response object (CloudFormation User Guide, "Custom resource response")."""
    body = {
        "Status": status,
        "Reason": reason[:LONGEST_REASON],
        "PhysicalResourceId": physical_id,
        "StackId": event["StackId"],
        "RequestId": event["RequestId"],
        "LogicalResourceId": event["LogicalResourceId"],
    }
    request = urllib.request.Request(
        event["ResponseURL"],
        data=json.dumps(body).encode(),
        headers={"Content-Type": ""},  # the address is signed for no type
        method="PUT",
    )
    for attempt in range(1, TRIES + 1):
        try:
            with urllib.request.urlopen(request, timeout=TRY_SECONDS):
                return
        except OSError:
            logger.exception("the answer was not taken")
            if attempt == TRIES:
                raise
            time.sleep(PAUSE_SECONDS)
