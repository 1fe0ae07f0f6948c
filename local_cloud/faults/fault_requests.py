"""Handles the requests for the server's faults: list, inject, clear."""

from __future__ import annotations

from typing import Any

from local_cloud.faults.fault import Fault, InvalidFault
from local_cloud.faults.fault_registry import FAULTS


def changed(change: str, fields: dict[str, Any] | None) -> dict[str, Any]:
    """Return the report after a change: `clear` removes all faults, `inject` adds one."""
    if change == "clear":
        FAULTS.clear()
    elif change == "inject":
        try:
            FAULTS.inject(Fault(**(fields or {})))
        except InvalidFault as error:
            return {"error": str(error)}
    return FAULTS.report()
