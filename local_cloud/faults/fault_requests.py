"""Handles the requests for the server's faults: list, inject, clear."""

from __future__ import annotations

import json
from typing import Any

from local_cloud.faults.fault import Fault, InvalidFault
from local_cloud.faults.fault_registry import FAULTS


def changed(method: str, body: bytes) -> dict[str, Any]:
    """Return the report after GET (list), POST (inject a fault) or DELETE (remove all)."""
    if method == "DELETE":
        FAULTS.clear()
    elif method == "POST":
        try:
            FAULTS.inject(Fault(**json.loads(body)))
        except InvalidFault as error:
            return {"error": str(error)}
    return FAULTS.report()
